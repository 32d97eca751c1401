import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { DIST } from './built.js';

/** The addresses of servers that a spec has for itself. */
export interface Servers {
  eventStoreUrl: string;
  kafkaBrokers: string[];
  databaseUrl: string;
  /**
   * Kills a server of the embedded stack, which starts it again on the same folder and port.
   * @returns false when it is one that the environment names: that is not ours to kill.
   */
  kill(kind: ServerKind): boolean;
  /** The process that keeps the embedded servers running; undefined when none was started. */
  keeper: number | undefined;
  stop(): Promise<void>;
}

const KINDS = ['event-store', 'kafka', 'postgres'] as const;
export type ServerKind = (typeof KINDS)[number];
/** By these names the embedded stack tells of its processes. */
const TITLES = { 'event-store': 'event store', kafka: 'Kafka broker', postgres: 'PostgreSQL server' };

const PROGRAM = join(DIST, 'apps/cli/main.js');

/**
 * Servers for one spec file. Those that EVENTSTORE_URL, KAFKA_BROKERS and DATABASE_URL name are used, with a database
 * of its own and without Rapport's topics; for the others the embedded stack is started on a new folder. Specs against
 * one named Kafka must therefore run one after another (`--runInBand`). Named servers take RAPPORT_TEST_REAL_SERVERS=1.
 * @param options.data a folder that is kept: what is embedded goes on from what stands in it.
 */
export async function startServers({
  only = KINDS,
  data,
}: {
  only?: readonly ServerKind[];
  data?: string;
} = {}): Promise<Servers> {
  const named = (kind: ServerKind, value: string | undefined) => (only.includes(kind) ? value : undefined);
  const EVENTSTORE_URL = named('event-store', process.env.EVENTSTORE_URL);
  const KAFKA_BROKERS = named('kafka', process.env.KAFKA_BROKERS);
  const DATABASE_URL = named('postgres', process.env.DATABASE_URL);
  if (EVENTSTORE_URL || KAFKA_BROKERS || DATABASE_URL) refuseUnlessMeant(process.env);
  const kinds = [
    ...(EVENTSTORE_URL ? [] : ['event-store' as const]),
    ...(KAFKA_BROKERS ? [] : ['kafka' as const]),
    ...(DATABASE_URL ? [] : ['postgres' as const]),
  ].filter((kind) => only.includes(kind));
  const embedded = kinds.length > 0 ? await startEmbedded(kinds, data) : undefined;
  const kafkaBrokers = KAFKA_BROKERS?.split(',') ?? embedded?.kafka ?? [];
  if (KAFKA_BROKERS) await deleteTopics(kafkaBrokers);
  const databaseUrl = DATABASE_URL ? await createDatabase(DATABASE_URL) : (embedded?.database ?? '');
  return {
    eventStoreUrl: EVENTSTORE_URL ?? embedded?.eventStore ?? '',
    kafkaBrokers,
    databaseUrl,
    kill: (kind) => {
      if (!embedded || !kinds.includes(kind)) return false;
      embedded.kill(kind);
      return true;
    },
    keeper: embedded?.keeper,
    stop: async () => {
      await embedded?.stop();
      if (DATABASE_URL) await dropDatabase(DATABASE_URL, databaseUrl);
    },
  };
}

/** The variables that name servers for the specs name them for an installation too, whose topics would be deleted. */
export function refuseUnlessMeant(env: NodeJS.ProcessEnv): void {
  if (env.RAPPORT_TEST_REAL_SERVERS === '1') return;
  throw new Error(
    'EVENTSTORE_URL, KAFKA_BROKERS or DATABASE_URL names a server, and specs destroy what is on it: they delete every ' +
      'topic that begins with "rapport.". Unset it, or set RAPPORT_TEST_REAL_SERVERS=1 too where that is meant.',
  );
}

interface Embedded {
  eventStore: string | null;
  kafka: string[];
  database: string | null;
  kill(kind: ServerKind): void;
  keeper: number;
  stop(): Promise<void>;
}

async function startEmbedded(kinds: string[], kept: string | undefined): Promise<Embedded> {
  const data = kept ?? mkdtempSync(join(tmpdir(), 'rapport-spec-'));
  const only = kinds.flatMap((kind) => ['--only', kind]);
  const child = spawn(process.execPath, [PROGRAM, 'embedded', '--json', '--data', data, ...only], {
    // It stops when this process ends, however that comes about.
    env: { ...process.env, RAPPORT_SUPERVISED: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const addresses = await firstJsonLine(child);
  // A spec file that fails before it stops its servers must not keep Jest from ending, which stops them.
  for (const handle of [child, child.stdin, child.stdout] as { unref?(): void }[]) handle.unref?.();
  return {
    ...(addresses as Omit<Embedded, 'keeper' | 'kill' | 'stop'>),
    kill: (kind) => {
      const { children } = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as {
        children: Record<string, { pid: number }>;
      };
      process.kill(children[TITLES[kind]]!.pid, 'SIGKILL');
    },
    keeper: child.pid!,
    stop: async () => {
      child.ref();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      if (kept === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

function firstJsonLine(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The embedded stack ended with ${code}.`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line));
    });
  });
}

/** Deletes every topic of Rapport's. */
export async function deleteTopics(brokers: string[]): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('rapport.'));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}

async function createDatabase(url: string): Promise<string> {
  const name = `rapport_spec_${process.pid}_${Date.now()}`;
  await inDatabase(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.toString();
}

async function dropDatabase(url: string, own: string): Promise<void> {
  await inDatabase(url, `drop database ${new URL(own).pathname.slice(1)} with (force)`);
}

async function inDatabase(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
