import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isPostmasterOf } from './postmaster-file.js';

const program = resolve('dist/infra/embedded/postgres/main.js');

interface Launcher {
  process: ChildProcess;
  url: string;
  port: number;
  exit: Promise<number | NodeJS.Signals | null>;
}

describe('the PostgreSQL stand-in', () => {
  let data: string;
  const started: ChildProcess[] = [];

  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), 'rapport-pg-'));
  });

  // One folder through all the specs, in order: a first start costs a second, and what one leaves the next one meets.
  afterAll(async () => {
    const last = postmaster();
    for (const process of started) process.kill('SIGKILL');
    if (last) await until(async () => !(await runs(last)));
    rmSync(data, { recursive: true, force: true });
  });

  function run(port = 0): { process: ChildProcess; said: () => string; exit: Launcher['exit'] } {
    const child = spawn(process.execPath, [program, '--data', join(data, 'pg'), '--port', String(port)]);
    started.push(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const exit = new Promise<number | NodeJS.Signals | null>((done) =>
      child.once('close', (code, signal) => done(signal ?? code)),
    );
    return { process: child, said: () => said, exit };
  }

  async function start(port = 0): Promise<Launcher> {
    const { process: child, said, exit } = run(port);
    let line = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      line += chunk;
    });
    await until(() => line.includes('\n') || child.exitCode !== null);
    if (line === '') throw new Error(said());
    const ready = JSON.parse(line) as { ready: boolean; url: string; port: number };
    expect(ready.ready).toBe(true);
    return { process: child, url: ready.url, port: ready.port, exit };
  }

  async function query(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
    } finally {
      await client.end();
    }
  }

  // Not by signal 0, which a dead process that nobody has asked for yet takes too.
  const runs = (pid: number) => isPostmasterOf(join(data, 'pg/cluster'), pid);
  const postmaster = () => {
    try {
      return Number(readFileSync(join(data, 'pg/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return undefined;
    }
  };

  it('makes a database on its first start, with a password that only its owner can read', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await query(first.url, "SELECT current_setting('fsync'), current_setting('listen_addresses')")).toEqual([
      'on',
      '127.0.0.1',
    ]);
    expect(await query(first.url, 'SHOW server_encoding')).toEqual(['UTF8']);
    expect(statSync(join(data, 'pg/password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(first.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    for (const extension of ['pg_trgm', 'pgcrypto', 'unaccent'])
      await query(first.url, `CREATE EXTENSION ${extension}`);
    first.process.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(postmaster()).toBeUndefined();
    expect(readdirSync(join(data, 'pg')).sort()).toEqual(['cluster', 'password']);
  });

  it('starts again with the same data and the same password, and refuses a second start meanwhile', async () => {
    const again = await start();
    expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([42]);
    const second = run();
    expect(await second.exit).toBe(1);
    expect(second.said()).toMatch(/is in use: a PostgreSQL server \(pid \d+\) runs on it/);
    expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([42]);
    again.process.stdin!.end();
    expect(await again.exit).toBe(0);
    expect(postmaster()).toBeUndefined();
  });

  it('loses nothing when its launcher is killed, and comes back on the same port', async () => {
    const killed = await start();
    await query(killed.url, 'INSERT INTO kept VALUES (43)');
    const server = postmaster()!;
    killed.process.kill('SIGKILL');
    // At once: the old server still holds folder and port.
    const next = await start(killed.port);
    expect(await runs(server)).toBe(false);
    expect(next.url).toBe(killed.url);
    expect(await query(next.url, 'SELECT answer FROM kept ORDER BY 1')).toEqual([42, 43]);
    next.process.stdin!.end();
    expect(await next.exit).toBe(0);
  });

  it('ends with an error when its server is killed, and recovers while the old backends still die', async () => {
    const crashed = await start();
    const client = new pg.Client({ connectionString: crashed.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('INSERT INTO kept VALUES (44)');
    process.kill(postmaster()!, 'SIGKILL');
    expect(await crashed.exit).toBe(1);
    const next = await start(crashed.port);
    expect(await query(next.url, 'SELECT answer FROM kept ORDER BY 1')).toEqual([42, 43, 44]);
    next.process.stdin!.end();
    expect(await next.exit).toBe(0);
    await client.end().catch(() => {});
  });

  it('starts beside another process that was given the pid of a server long gone', async () => {
    writeFileSync(join(data, 'pg/cluster/postmaster.pid'), `${process.pid}\n${join(data, 'pg/cluster')}\n1\n1\n`);
    const next = await start();
    next.process.stdin!.end();
    expect(await next.exit).toBe(0);
  });

  it('is not left behind when the process that started it is killed', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { detached: true });
      child.stdout.pipe(process.stdout);`;
    const parent = spawn(process.execPath, ['-e', script, program, '--data', join(data, 'pg')]);
    started.push(parent);
    let said = '';
    parent.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    await until(() => said.includes('"ready":true'));
    const server = postmaster()!;
    parent.kill('SIGKILL');
    await until(async () => !(await runs(server)));
    expect(postmaster()).toBeUndefined();
  });
});

async function until(condition: () => boolean | Promise<boolean>, patience = 20_000): Promise<void> {
  for (const end = Date.now() + patience; !(await condition()); await delay(20)) {
    if (Date.now() > end) throw new Error(`This never came true: ${condition}`);
  }
}
