import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { readRunFile } from './run-file.js';
import { Launched, until } from './up/testing/launched.js';

const program = resolve('dist/apps/cli/main.js');

describe('the command line', () => {
  let data: string;
  let launched: Launched[];

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rapport-cli-'));
    launched = [];
  });

  afterEach(async () => {
    for (const { process } of launched) process.kill('SIGTERM');
    for (const { exit } of launched) await exit;
    rmSync(data, { recursive: true, force: true });
  });

  const rapport = (args: string[], env: Record<string, string> = {}) => {
    const command = Launched.node(program, args, { RAPPORT_DATA: data, ...env });
    launched.push(command);
    return command;
  };

  it.each([[[]], [['up']], [['embedded']], [['embedded', 'verify']]])(
    'explains %j and its exit codes',
    async (args) => {
      const help = rapport([...args, '--help']);
      expect(await help.exit).toBe(0);
      expect(help.stdout).toContain('--data <dir>');
      expect(help.stdout).toContain('3  a server cannot be reached');
    },
  );

  it.each([
    [['upp'], {}, "unknown command 'upp' (Did you mean up?)"],
    [['up', '--prot', '1'], {}, "unknown option '--prot' (Did you mean --port?)"],
    [['up', '--port', 'x'], {}, '--port is "x": must be a port, 0 to 65535.'],
    [['up'], { RAPPORT_PORT: 'x' }, 'RAPPORT_PORT is "x": must be a port, 0 to 65535.'],
    [['up', '--data', ''], {}, '--data needs a value.'],
    [['up', '--data', '/dev/null/x'], {}, 'The data folder cannot be used: '],
    [['embedded', '--only', 'mysql'], {}, 'It must be one of event-store, kafka, postgres.'],
    [['embedded', 'verify'], {}, 'holds no data of a stand-in.'],
  ])('refuses %j with %j in one line, with exit code 2', async (args, env, message) => {
    const text = rapport(args, env);
    const json = rapport([...args, '--json'], env);
    expect(await text.exit).toBe(2);
    expect(await json.exit).toBe(2);
    expect(text.stderr).toMatch(/^error: .*\n$/);
    expect(text.stderr).toContain(message);
    expect((JSON.parse(json.stderr) as { error: string }).error).toContain(message);
    expect(text.stdout + json.stdout).toBe('');
  });

  it('runs one stand-in alone, keeps its port through a crash, and tells other commands of it meanwhile', async () => {
    const system = rapport(['embedded', '--only', 'postgres', '--json']);
    const result = await system.firstResult();
    expect(result).toEqual({ eventStore: null, kafka: [], database: expect.stringMatching(/^postgres:\/\/rapport:/) });
    const before = readRunFile(data)!.children['PostgreSQL server']!;
    process.kill(before.pid, 'SIGKILL');
    await until(() => system.stderr.includes('The PostgreSQL server is up again.'));
    const client = new pg.Client({ connectionString: String(result.database) });
    await client.connect();
    await client.end();
    expect(readRunFile(data)!.children['PostgreSQL server']!.pid).not.toBe(before.pid);
    system.process.kill('SIGTERM');
    expect(await system.exit).toBe(0);
    expect(readRunFile(data)).toBeUndefined();
  });

  it('finds different ports for two that start at the same moment', async () => {
    const [one, two] = ['one', 'two'].map((name) =>
      rapport(['embedded', '--only', 'postgres', '--json', '--data', join(data, name)]),
    );
    const [first, second] = [await one!.firstResult(), await two!.firstResult()];
    expect(new URL(String(first.database)).port).not.toBe(new URL(String(second.database)).port);
  });
});
