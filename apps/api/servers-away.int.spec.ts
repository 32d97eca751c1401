import { execFileSync } from 'node:child_process';
import { until } from '#apps/cli/up/testing/launched.js';
import { aCustomer } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
});

afterAll(async () => {
  await system?.stop();
});

/** The process that runs one of the embedded servers, found below the one that keeps them running. */
function serverProcess(program: string): number | undefined {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const found = processes.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const server = found.find((line) => Number(line?.[2]) === system.servers.keeper && line?.[3]?.includes(program));
  return server ? Number(server[1]) : undefined;
}

/** Kills a server while its keeper is held, so that it stays away until `work` has ended. */
async function without(program: string, work: () => Promise<void>): Promise<void> {
  const { keeper } = system.servers;
  process.kill(keeper!, 'SIGSTOP');
  try {
    process.kill(serverProcess(program)!, 'SIGKILL');
    await work();
  } finally {
    process.kill(keeper!, 'SIGCONT');
  }
}

const create = () => system.http.post('/customers', aCustomer());

describe('while a server is away', () => {
  it.each(['infra/embedded/event-store/', 'infra/embedded/postgres/'])(
    '(%s) the API says so and to try again, and works again by itself when it is back',
    async (program) => {
      if (serverProcess(program) === undefined) {
        process.stderr.write(`The server of ${program} is not embedded: it cannot be killed. Skipped.\n`);
        return;
      }
      const { id, position } = (await create()).body;
      const path = `/customers/${id}/360?position=${position}`;
      expect((await system.http.get(path)).status).toBe(200);

      await without(program, async () => {
        await until(async () => (await create()).status === 503);
        const refusals = [await create(), await system.http.get(path)];
        for (const { status, headers, body, text } of refusals) {
          expect([status, headers['retry-after'], body.type]).toEqual([503, '1', 'urn:rapport:problem:server-away']);
          expect(text).not.toMatch(/127\.0\.0\.1|ECONN|postgres/);
        }
        const live = await system.http.get('/health/live');
        const ready = await system.http.get('/health/ready');
        expect([live.status, ready.status]).toEqual([200, 503]);
        expect(ready.text).not.toMatch(/127\.0\.0\.1|ECONN/);
      });

      await until(async () => (await create()).status === 201);
      await until(async () => (await system.http.get('/health/ready')).status === 200);
      const after = (await create()).body;
      const read = await system.http.get<{ name: string }>(`/customers/${after.id}/360?position=${after.position}`);
      expect([read.status, read.body.name]).toEqual([200, 'Hoa Nguyễn']);
      expect(system.api.process.exitCode).toBeNull();
    },
    60_000,
  );

  it('nothing but 503 was answered for it', () => {
    expect(system.http.failures.filter((failure) => !/: 503 /.test(failure))).toEqual([]);
  });
});
