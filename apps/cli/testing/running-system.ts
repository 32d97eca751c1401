import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST } from '#testing/built.js';
import { type ServerKind, type Servers, startServers } from '#testing/servers.js';
import { readRunFile } from '../run-file.js';
import { Launched } from '../up/testing/launched.js';

const PROGRAM = join(DIST, 'apps/cli/main.js');

/** What `rapport up --json` says when it is ready. */
export interface Addresses {
  api: string;
  apiKey: string;
  eventStore: string;
  kafka: string[];
  database: string;
}

/** The end of a `rapport … --json`. */
export interface Ended<Result> {
  exitCode: number;
  result: Result;
  stderr: string;
}

/**
 * A whole system as a user starts it, on a data folder of its own. Servers that the environment names are used instead
 * of stand-ins.
 */
export class RunningSystem {
  private constructor(
    readonly data: string,
    readonly addresses: Addresses,
    private readonly launched: Launched,
    private readonly named: Servers | undefined,
  ) {}

  static async start(...options: string[]): Promise<RunningSystem> {
    const kinds = (
      [
        ['event-store', process.env.EVENTSTORE_URL],
        ['kafka', process.env.KAFKA_BROKERS],
        ['postgres', process.env.DATABASE_URL],
      ] as [ServerKind, string | undefined][]
    ).filter(([, value]) => value);
    const named = kinds.length > 0 ? await startServers({ only: kinds.map(([kind]) => kind) }) : undefined;
    const data = mkdtempSync(join(tmpdir(), 'rapport-system-'));
    const env: Record<string, string> = { RAPPORT_SUPERVISED: '1', RAPPORT_DATA: data };
    if (named?.eventStoreUrl) env.EVENTSTORE_URL = named.eventStoreUrl;
    if (named?.kafkaBrokers.length) env.KAFKA_BROKERS = named.kafkaBrokers.join(',');
    if (named?.databaseUrl) env.DATABASE_URL = named.databaseUrl;
    const launched = Launched.node(PROGRAM, ['up', '--json', '--port', '0', ...options], env);
    const addresses = (await launched.firstResult()) as unknown as Addresses;
    return new RunningSystem(data, addresses, launched, named);
  }

  /** The process of a child of the system, by its name in `run.json`; undefined where a named server is used instead. */
  pidOf(child: string): number | undefined {
    return readRunFile(this.data)?.children[child]?.pid;
  }

  /** Runs a command against it to its end. */
  run<Result>(...args: string[]): Promise<Ended<Result>> {
    return new Promise((resolve) => {
      // What the environment names are the servers that this system's own databases were made on.
      const { EVENTSTORE_URL: _e, KAFKA_BROKERS: _k, DATABASE_URL: _d, ...env } = process.env;
      const command = [PROGRAM, ...args, '--json', '--data', this.data];
      execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
        const line = stdout.trim().split('\n').at(-1) ?? '';
        const result = (line.startsWith('{') ? JSON.parse(line) : {}) as Result;
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, result, stderr });
      });
    });
  }

  /** Starts a command against it and leaves it running. */
  launch(...args: string[]): Launched {
    return Launched.node(PROGRAM, [...args, '--json', '--data', this.data]);
  }

  async get<Body>(path: string): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${this.addresses.api}${path}`, {
      headers: { authorization: `Bearer ${this.addresses.apiKey}` },
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  async stop(): Promise<void> {
    this.launched.process.kill('SIGTERM');
    await this.launched.exit;
    await this.named?.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
