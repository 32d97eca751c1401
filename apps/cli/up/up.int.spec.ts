import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { identify } from '../process-identity.js';
import { Launched, until } from './testing/launched.js';

const program = resolve('dist/apps/cli/up/testing/fixture-up.js');

interface Entry {
  name: string;
  what: 'started' | 'stopping' | 'stopped';
  port: number;
  pid: number;
  date?: string;
}

describe('the supervisor of a whole system', () => {
  let data: string;
  let launched: Launched[];
  const open: Server[] = [];

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rapport-up-'));
    launched = [];
  });

  afterEach(async () => {
    for (const { process } of launched) process.kill('SIGKILL');
    await until(() => [...new Set(journal().map(({ pid }) => pid))].every((pid) => !identify(pid)));
    for (const server of open.splice(0)) server.close();
    rmSync(data, { recursive: true, force: true });
  });

  const journalFile = () => join(data, 'journal');
  const up = (env: Record<string, string> = {}) => {
    const system = Launched.node(program, [], { RAPPORT_DATA: data, FIXTURE_JOURNAL: journalFile(), ...env });
    launched.push(system);
    return system;
  };
  const journal = (): Entry[] => {
    const text = existsSync(journalFile()) ? readFileSync(journalFile(), 'utf8') : '';
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry);
  };
  const started = (name: string) => journal().filter((entry) => entry.name === name && entry.what === 'started');
  const listen = () =>
    new Promise<number>((done) => {
      const server = createServer((socket) => socket.destroy());
      open.push(server);
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
    });

  it('says in one line where everything is, and keeps its keys to itself', async () => {
    const system = up({ RAPPORT_BUSINESS_DATE: '1998-06-30' });
    const result = await system.firstResult();
    const [store, kafka, postgres, api] = ['event-store', 'kafka', 'postgres', 'api'].map((name) => started(name)[0]!);
    expect(result).toEqual({
      api: `http://127.0.0.1:${api!.port}`,
      worker: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      apiKey: readFileSync(join(data, 'api-key'), 'utf8').trim(),
      eventStore: `esdb://127.0.0.1:${store!.port}?tls=false`,
      kafka: [`127.0.0.1:${kafka!.port}`],
      database: `postgres://u:p@127.0.0.1:${postgres!.port}/d`,
    });
    expect(api!.date).toBe('1998-06-30');
    for (const file of ['api-key', 'master-key', 'run.json'])
      expect(statSync(join(data, file)).mode & 0o777).toBe(0o600);
    const run = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'));
    expect(run).toMatchObject({ ...result, businessDate: '1998-06-30', supervisor: { pid: system.pid } });
    expect(system.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('tells other commands where everything is before it is ready, or they could not tell why it is not', async () => {
    const system = up({ FIXTURE_UNREADY: 'api' });
    await until(() => started('worker').length === 1 && existsSync(join(data, 'run.json')));
    const run = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'));
    expect(run).toMatchObject({ api: expect.stringMatching(/^http:/), database: expect.stringMatching(/^postgres:/) });
    system.process.kill('SIGTERM');
    expect(await system.exit).toBe(0);
    expect(system.stdout).toBe('');
    expect(existsSync(join(data, 'run.json'))).toBe(false);
  });

  it('starts a child again that was killed, on the same port, later each time, and says so', async () => {
    const system = up();
    await system.firstResult();
    process.kill(started('kafka')[0]!.pid, 'SIGKILL');
    await until(() => started('kafka').length === 2);
    process.kill(started('kafka')[1]!.pid, 'SIGKILL');
    await until(() => started('kafka').length === 3);
    expect(new Set(started('kafka').map(({ port }) => port)).size).toBe(1);
    process.kill(started('worker')[0]!.pid, 'SIGKILL');
    await until(() => started('worker').length === 2);
    expect(system.stderr).toMatch(/Kafka broker ended \(SIGKILL\); it is started again in 200 ms/);
    expect(system.stderr).toMatch(/Kafka broker ended \(SIGKILL\); it is started again in 400 ms/);
    expect(system.stderr).toMatch(/worker ended \(SIGKILL\); it is started again in 200 ms/);
    const run = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'));
    expect(run.children['Kafka broker'].pid).toBe(started('kafka')[2]!.pid);
    expect(started('event-store')).toHaveLength(1);
  });

  it('puts a log that has grown large aside whenever its child is started again', async () => {
    const system = up();
    await system.firstResult();
    const log = join(data, 'logs/kafka.log');
    appendFileSync(log, 'x'.repeat(11 * 1024 * 1024));
    process.kill(started('kafka')[0]!.pid, 'SIGKILL');
    await until(() => started('kafka').length === 2);
    expect(statSync(`${log}.1`).size).toBeGreaterThan(11_000_000);
    expect(statSync(log).size).toBeLessThan(1_000);
  });

  it('stops the worker, then the API, then the servers, when Ctrl-C reaches it twice at once as under npm', async () => {
    const system = up();
    await system.firstResult();
    process.kill(-system.pid, 'SIGINT');
    process.kill(-system.pid, 'SIGINT');
    expect(await system.exit).toBe(0);
    const order = journal().filter(({ what }) => what !== 'started');
    expect(order.slice(0, 4).map(({ name, what }) => `${name} ${what}`)).toEqual([
      'worker stopping',
      'worker stopped',
      'api stopping',
      'api stopped',
    ]);
    expect(order).toHaveLength(10);
    expect(existsSync(join(data, 'run.json'))).toBe(false);
    expect(existsSync(join(data, 'lock'))).toBe(false);
  });

  it('kills a child that does not stop, once Ctrl-C was pressed again', async () => {
    const system = up({ FIXTURE_STUBBORN: 'worker' });
    await system.firstResult();
    // Pressed again and again: that must not put the end off either.
    const pressing = setInterval(() => {
      // Not while the process itself ends: Node listens to no signal then.
      if (existsSync(join(data, 'lock'))) system.process.kill('SIGINT');
    }, 200);
    const exit = await system.exit;
    clearInterval(pressing);
    expect(exit).toBe(0);
    expect(journal().filter(({ what }) => what === 'stopped')).toHaveLength(4);
  });

  it('killed, leaves no process, and its successor waits for the last one and gets the same ports', async () => {
    // Of its own: another spec may take or leave a default port meanwhile.
    const [api, worker, eventStorePort, kafkaPort, postgresPort] = await Promise.all([1, 2, 3, 4, 5].map(listen));
    for (const server of open.splice(0)) server.close();
    const ports = {
      RAPPORT_PORT: String(api),
      RAPPORT_WORKER_PORT: String(worker),
      FIXTURE_PORTS: JSON.stringify({ eventStorePort, kafkaPort, postgresPort }),
    };
    const first = up(ports);
    const before = await first.firstResult();
    first.process.kill('SIGKILL');
    const successor = up(ports);
    expect(await successor.firstResult()).toEqual(before);
    const pids = journal().map(({ pid }) => pid);
    for (const pid of pids.slice(0, 5)) expect(identify(pid)).toBeUndefined();
    expect(started('api')).toHaveLength(2);
  });

  it('asked to stop while it still starts, stops what it has started and ends well', async () => {
    const system = up();
    await until(() => journal().length > 0);
    system.process.kill('SIGTERM');
    expect(await system.exit).toBe(0);
    for (const { pid } of journal()) expect(identify(pid)).toBeUndefined();
    expect(existsSync(join(data, 'lock'))).toBe(false);
  });

  it('stops with the end of its standard input when it is supervised itself', async () => {
    const system = up({ RAPPORT_SUPERVISED: '1' });
    await system.firstResult();
    system.process.stdin!.end();
    expect(await system.exit).toBe(0);
    expect(journal().filter(({ what }) => what === 'stopped')).toHaveLength(5);
  });

  it('refuses a second start on its data folder, and names who holds it', async () => {
    const system = up();
    await system.firstResult();
    const second = up();
    expect(await second.exit).toBe(2);
    expect(second.stderr).toContain(`pid ${system.pid}, since `);
    expect(started('api')).toHaveLength(1);
  });

  it('ends when a child cannot start, showing the last lines of its log, and leaves none of the others', async () => {
    const system = up({ FIXTURE_FAILS: 'kafka' });
    expect(await system.exit).toBe(3);
    const line = system.stderr.split('\n').find((candidate) => candidate.includes('"error"'))!;
    expect(JSON.parse(line)).toMatchObject({ details: ['kafka has no room'] });
    expect(line).toContain('The Kafka broker cannot start (exit code 7)');
    for (const { pid } of journal()) expect(identify(pid)).toBeUndefined();
  });

  it('starts no stand-in for a server that the environment names', async () => {
    const [port, kafka] = [await listen(), await listen()];
    const system = up({ EVENTSTORE_URL: `esdb://127.0.0.1:${port}?tls=false`, KAFKA_BROKERS: `127.0.0.1:${kafka}` });
    const result = await system.firstResult();
    expect(result).toMatchObject({ eventStore: `esdb://127.0.0.1:${port}?tls=false`, kafka: [`127.0.0.1:${kafka}`] });
    expect(new Set(journal().map(({ name }) => name))).toEqual(new Set(['postgres', 'api', 'worker']));
  });
});
