import { cpSync, rmSync } from 'node:fs';
import { jsonEvent } from '@eventstore/db-client';
import { type Database, open } from 'lmdb';
import { type Running, startHere, temporaryFolder } from './harness.js';
import { verify } from './verify.js';

const event = (n: number) => jsonEvent({ type: 'Happened', data: { n } });
type Key = string | number | Buffer;

/** A store with one stream of 5 events and many of one event. */
async function filledStore(): Promise<string> {
  const { client, data, stop } = await startHere(temporaryFolder());
  await client.appendToStream('s', [0, 1, 2, 3, 4].map(event));
  for (let n = 0; n < 20; n++) await client.appendToStream(`other-${n}`, event(n));
  await stop({ keep: true });
  return data;
}

/** Changes the store behind the server's back. */
async function tamper(data: string, table: string, change: (table: Database<Buffer, Key>) => void): Promise<void> {
  const root = open<Buffer, Key>({ path: data, encoding: 'binary', maxDbs: 8, overlappingSync: false });
  const keyEncoding = table === 'revisions' ? 'binary' : 'ordered-binary';
  const opened = root.openDB<Buffer, Key>({ name: table, encoding: 'binary', keyEncoding });
  root.transactionSync(() => change(opened));
  await root.close();
}

function flip(key: Key, byte: number) {
  return (table: Database<Buffer, Key>) => {
    const value = Buffer.from(table.get(key)!);
    value[byte < 0 ? value.length + byte : byte]! ^= 4;
    table.putSync(key, value);
  };
}

function move(from: Key, to: Key) {
  return (table: Database<Buffer, Key>) => {
    const value = Buffer.from(table.get(from)!);
    table.removeSync(from);
    table.putSync(to, value);
  };
}

const revision = (part: number, number: number) => {
  const key = Buffer.alloc(12);
  key.writeUIntBE(part, 0, 6);
  key.writeUIntBE(number, 6, 6);
  return key;
};

async function problemOf(use: () => Promise<unknown>): Promise<string> {
  return use().then(
    () => 'none',
    (error) => error.message,
  );
}

async function readAll({ client }: Running): Promise<number> {
  let count = 0;
  for await (const _ of client.readAll()) count++;
  return count;
}

async function readStream({ client }: Running): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of client.readStream('s')) found.push(Number(event?.revision));
  return found;
}

/** What the store says when it is opened, or else when it is used. */
async function problemIn(data: string, use: (server: Running) => Promise<unknown>): Promise<string> {
  return problemOf(async () => {
    const server = await startHere(data);
    try {
      await use(server);
    } finally {
      await server.stop({ keep: true });
    }
  });
}

describe('a damaged store', () => {
  let intact: string;
  let data: string;
  const stderr = process.stderr.write;
  beforeAll(async () => {
    intact = await filledStore();
  });
  afterAll(() => rmSync(intact, { recursive: true }));
  beforeEach(() => {
    process.stderr.write = () => true;
    data = temporaryFolder();
    cpSync(intact, data, { recursive: true });
  });
  afterEach(() => {
    process.stderr.write = stderr;
    rmSync(data, { recursive: true });
  });

  it('verifies when nothing is wrong', async () => {
    expect(await verify(data)).toEqual({ events: 25, streams: 21, tombstones: 0 });
  });

  it.each<[string, string, (table: Database<Buffer, Key>) => void, (server: Running) => Promise<unknown>, string]>([
    ['a flipped bit in an event', 'log', flip(3, -1), readAll, 'log/3'],
    ['a flipped bit in an event of a stream', 'log', flip(3, -1), readStream, 'log/3'],
    ['a flipped bit in a checksum', 'log', flip(3, 0), readAll, 'log/3'],
    ['an event under another number', 'log', move(3, 3003), readAll, 'log/3'],
    [
      "two events in each other's place",
      'log',
      (t) => {
        const [three, four] = [Buffer.from(t.get(3)!), Buffer.from(t.get(4)!)];
        t.putSync(3, four);
        t.putSync(4, three);
      },
      readAll,
      'log/3',
    ],
    ['a removed event', 'log', (t) => void t.removeSync(3), readAll, 'table log'],
    ['a removed last event', 'log', (t) => void t.removeSync(25), readAll, 'table log'],
    ['an event too many', 'log', (t) => t.putSync(26, Buffer.alloc(50)), readAll, 'table log'],
    ['a flipped bit in a revision', 'revisions', flip(revision(2, 2), -1), readStream, 'revisions/2/2'],
    [
      'a revision under another number',
      'revisions',
      move(revision(2, 2), revision(2, 2002)),
      readStream,
      'revisions/2/2',
    ],
    ['a revision in another stream', 'revisions', move(revision(2, 4), revision(6, 4)), readStream, 'revisions/2/4'],
    ['a removed revision', 'revisions', (t) => void t.removeSync(revision(2, 4)), readStream, 'table revisions'],
    ["a flipped bit in a stream's head", 'heads', flip(1, 9), readStream, 'heads/1'],
    ['a head under another number', 'heads', move(1, 1001), readStream, 'heads/1'],
    ['a removed head', 'heads', (t) => void t.removeSync(1), readStream, 'table heads'],
    ['a flipped bit in the counters', 'state', flip('counters', 9), readAll, 'counters'],
    ['removed counters', 'state', (t) => void t.removeSync('counters'), readAll, 'counters'],
  ])('answers with an error, never with wrong or missing events: %s', async (_, table, change, use, named) => {
    await tamper(data, table, change);
    expect(await problemIn(data, use)).toContain(named);
    expect(await problemOf(() => verify(data))).toContain(named);
  });

  it.each<[string, 'names' | 'ids', (table: Database<Buffer, Key>) => void]>([
    ['a flipped bit', 'names', (t) => [0, 1].forEach((bucket) => void flip(bucket, 5)(t))],
    ['moved buckets', 'names', (t) => [0, 1].forEach((bucket) => void move(bucket, bucket + 900)(t))],
  ])('does not take a stream for absent because of %s in the names', async (_, table, change) => {
    await tamper(data, table, change);
    expect(await problemIn(data, readStream)).toContain('names/');
    expect(await problemOf(() => verify(data))).toContain('names/');
  });

  it.each<[string, (table: Database<Buffer, Key>) => void]>([
    ['a flipped bit', (t) => [0, 1].forEach((bucket) => void flip(bucket, 5)(t))],
    ['moved buckets', (t) => [0, 1].forEach((bucket) => void move(bucket, bucket + 900)(t))],
  ])('does not append an event twice because of %s in the ids', async (_, change) => {
    await tamper(data, 'ids', change);
    const append = ({ client }: Running) => client.appendToStream('s', event(9));
    expect(await problemIn(data, append)).not.toBe('none');
    expect(await problemOf(() => verify(data))).toContain('ids/');
  });

  it('reports damage to the client as DATA_LOSS', async () => {
    await tamper(data, 'log', flip(3, -1));
    const server = await startHere(data);
    const error = await readAll(server).catch((e) => e);
    expect(error.code).toBe(15);
    await server.stop({ keep: true });
  });

  it('still serves what is undamaged', async () => {
    await tamper(data, 'log', flip(3, -1));
    const server = await startHere(data);
    const writes = [server.client.appendToStream('other-1', event(1)), server.client.appendToStream('new', event(1))];
    expect(await Promise.all(writes)).toHaveLength(2);
    for await (const { event } of server.client.readStream('other-2')) expect(event?.revision).toBe(0n);
    await server.stop({ keep: true });
  });

  it('is not created by verifying: a folder without a store is an error', async () => {
    await expect(verify(`${data}-none`)).rejects.toThrow('There is no event store');
  });
});
