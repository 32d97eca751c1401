import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { Recorded } from '#contracts/envelope.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { toCloudEvent } from '#processing/kafka/cloud-event.js';
import { DIST } from '#testing/built.js';
import { recordPurchase } from '#testing/command-process.js';
import { eventsOfCustomers } from '#testing/publishing.js';
import { type Servers, startServers } from '#testing/servers.js';
import { makeEventsTopic, publishTo } from './testing/spec-topic.js';

jest.setTimeout(120_000);

const run = promisify(execFile);
const ROOT = dirname(DIST);
const GROUP = `spec-${Date.now()}`;

/** What somebody writes who has nothing of Rapport but the package. */
const SUBSCRIBER = `
import { Subscriber } from '@rapport/consumer';
import { Kafka, logLevel } from 'kafkajs';
const subscriber = new Subscriber({
  kafka: new Kafka({ brokers: process.argv[2]!.split(','), logLevel: logLevel.NOTHING }),
  groupId: '${GROUP}',
  retry: { attempts: 1 },
  handlers: {
    CustomerPurchased: ({ data, position }) => {
      if (data.total === 1) throw new Error('Too little.');
      console.log(position, data.lines.map(({ quantity }) => quantity).join());
    },
  },
});
process.once('SIGTERM', () => subscriber.stop());
await subscriber.start();
await subscriber.ended;
`;

const TYPES = `
import { Subscriber } from '@rapport/consumer';
import type { Channel } from '@rapport/consumer/contracts/codes';
import type { DeadLetter } from '@rapport/consumer/dead-letter';
import { DeadLetters } from '@rapport/consumer/dead-letters';
import type { Handlers } from '@rapport/consumer/handlers';
import { PostgresInbox } from '@rapport/consumer/postgres-inbox';
import type { DataOf } from '@rapport/consumer/received-event';
import { Kafka } from 'kafkajs';
import { Pool, type PoolClient } from 'pg';
const kafka = new Kafka({ brokers: [], ssl: true, sasl: { mechanism: 'scram-sha-512', username: 'a', password: 'b' } });
new Subscriber({
  kafka,
  groupId: 'a',
  inbox: new PostgresInbox(new Pool(), 'a'),
  handlers: {
    CustomerAcquired: async ({ data }, { client }) => {
      const channel: Channel = data.channel;
      await client.query('insert into t values ($1)', [channel]);
    },
    // @ts-expect-error: it may be left out of the topic.
    PromiseMade: ({ data }) => data.what.length,
    // @ts-expect-error: no field of it.
    CustomerChurned: ({ data }) => data.channel,
  },
});
// @ts-expect-error: no such type of event.
export const mistyped: Handlers = { CustomerPurchase: () => {} };
export const handlers: Handlers<PoolClient> = { NeedMet: ({ data }) => void data.needId };
export const id: DataOf<'PromiseKept'>['promiseId'] = 'a';
export const left: Promise<DeadLetter[]> = DeadLetters.open({ kafka, groupId: 'a' }).then((letters) => letters.list());
`;

let servers: Servers;
let kafka: Kafka;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-package-'));
  const [started] = await Promise.all([startServers({ only: ['kafka'] }), install()]);
  servers = started;
  kafka = new Kafka({ brokers: servers.kafkaBrokers, logLevel: logLevel.NOTHING });
  await makeEventsTopic(kafka, CUSTOMER_EVENTS_TOPIC);
});

afterAll(async () => {
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the package @rapport/consumer, installed outside the repository', () => {
  it('is complete and typed', async () => {
    expect(await compiled()).toBe('');
  });

  it('runs a subscriber of a few lines, and its dead letters are seen, retried and dropped from a shell', async () => {
    await publishTo(
      kafka,
      CUSTOMER_EVENTS_TOPIC,
      [bought(1, 500), bought(8, 1), bought(15, 700), bought(2, 30)].map((event) => toCloudEvent(event)),
    );
    const subscriber = spawn(process.execPath, ['subscriber.js', servers.kafkaBrokers.join()], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = linesOf(subscriber);
    expect([await lines.next(), await lines.next()].sort()).toEqual(['1n 1', '2n 1']);

    // The first retry is asked for once both are there; it fails again.
    let letters: { place: string; type: string; reason: string }[] = [];
    while (letters.length < 2) letters = (await shell('list')).letters;
    expect(letters).toMatchObject([
      { type: 'CustomerPurchased', reason: 'failed', error: 'Error: Too little.' },
      { type: 'CustomerPurchased', reason: 'follows' },
    ]);
    expect(await shell('retry')).toMatchObject({ code: 1, letters: letters.map(({ place }) => ({ place })) });
    expect(await shell('drop', letters[0]!.place)).toMatchObject({ code: 1, letters: [{ place: letters[1]!.place }] });
    expect(await shell('retry')).toEqual({ code: 0, letters: [] });
    expect(await lines.next()).toBe('15n 1');

    subscriber.kill('SIGTERM');
    expect(await once(subscriber, 'exit')).toEqual([0, null]);
  });

  it('says in the shell what is wrong', async () => {
    expect(await shell('erase')).toMatchObject({ code: 2 });
    expect(await shell('drop', '0/99')).toMatchObject({ code: 3 });
  });

  it('asks for the versions that the repository has', () => {
    const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
    const { dependencies, devDependencies, version, engines } = read('package.json');
    const theirs = read('libs/consumer/package.json');
    expect(theirs).toMatchObject({ version, engines });
    const ours = { ...dependencies, ...devDependencies };
    for (const [name, range] of Object.entries({ ...theirs.dependencies, ...theirs.peerDependencies })) {
      expect([name, range]).toEqual([name, ours[name]]);
    }
  });
});

/** Packs it, unpacks it where npm would put it, and links what it depends on: no network. */
async function install(): Promise<void> {
  await run('npm', ['run', '--silent', 'package:consumer'], { cwd: ROOT });
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(DIST, 'packages/consumer') });
  const installed = join(folder, 'node_modules/@rapport/consumer');
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  await run('tar', ['-xzf', join(folder, tarball), '-C', installed, '--strip-components=1']);
  for (const name of ['kafkajs', 'pg', '@types', 'class-validator', 'reflect-metadata', 'uuid']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: ['node'], skipLibCheck: false };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(folder, 'subscriber.ts'), SUBSCRIBER);
  writeFileSync(join(folder, 'types.ts'), TYPES);
}

/** @returns what the compiler has against it. */
async function compiled(): Promise<string> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}

async function shell(...words: string[]) {
  const cli = join(folder, 'node_modules/@rapport/consumer/dist/consumer/dead-letters-cli.js');
  const child = spawn(process.execPath, [cli, ...words, '--group', GROUP, '--brokers', servers.kafkaBrokers.join()], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const letters = [];
  for await (const line of createInterface({ input: child.stdout })) letters.push(JSON.parse(line));
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  return { code, letters };
}

function linesOf(child: ChildProcess) {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { next: async () => (await lines.next()).value as string };
}

function bought(position: number, total: number): Recorded {
  const [event] = eventsOfCustomers(position, position);
  const { type: _, ...data } = recordPurchase(event!.metadata.customerId!, total);
  return { ...event!, type: 'CustomerPurchased', data };
}
