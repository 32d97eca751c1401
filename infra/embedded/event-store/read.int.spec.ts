import { randomUUID } from 'node:crypto';
import {
  BACKWARDS,
  binaryEvent,
  END,
  type EventStoreDBClient,
  jsonEvent,
  type Position,
  type ReadStreamOptions,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { jest } from '@jest/globals';
import { type Running, startHere } from './harness.js';

let server: Running;
let client: EventStoreDBClient;
beforeAll(async () => {
  server = await startHere();
  client = server.client;
});
afterAll(() => server.stop());

const events = (count: number, type = 'Happened') =>
  Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
const link = (target: string) => binaryEvent({ type: '$>', data: Buffer.from(target) });

async function streamOf(count: number): Promise<string> {
  const stream = `stream-${randomUUID()}`;
  if (count) await client.appendToStream(stream, events(count));
  return stream;
}

async function revisions(stream: string, options: ReadStreamOptions = {}): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream, options)) found.push(Number(event?.revision));
  return found;
}

describe('reading a stream', () => {
  it('goes forwards from a revision and stops after maxCount', async () => {
    const stream = await streamOf(5);
    expect(await revisions(stream)).toEqual([0, 1, 2, 3, 4]);
    expect(await revisions(stream, { fromRevision: 2n, maxCount: 2 })).toEqual([2, 3]);
    expect(await revisions(stream, { fromRevision: 9n })).toEqual([]);
  });

  it('goes backwards from the end or from a revision', async () => {
    const stream = await streamOf(4);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END })).toEqual([3, 2, 1, 0]);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: 2n, maxCount: 2 })).toEqual([2, 1]);
  });

  it('answers stream_not_found for a stream that does not exist, also when it has metadata', async () => {
    await expect(revisions(await streamOf(0))).rejects.toThrow(StreamNotFoundError);
    const stream = await streamOf(0);
    await client.setStreamMetadata(stream, { maxCount: 1 });
    await expect(revisions(stream)).rejects.toThrow(StreamNotFoundError);
  });

  it('shows only the last $maxCount events', async () => {
    const stream = await streamOf(6);
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await revisions(stream)).toEqual([4, 5]);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END })).toEqual([5, 4]);
  });

  it('shows nothing before $tb', async () => {
    const stream = await streamOf(4);
    await client.setStreamMetadata(stream, { truncateBefore: 3 });
    expect(await revisions(stream)).toEqual([3]);
    await client.setStreamMetadata(stream, { truncateBefore: 4 });
    expect(await revisions(stream)).toEqual([]);
  });

  it('drops events older than $maxAge', async () => {
    const stream = await streamOf(2);
    await client.setStreamMetadata(stream, { maxAge: 3600 });
    expect(await revisions(stream)).toEqual([0, 1]);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_601_000);
    try {
      expect(await revisions(stream)).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  it('ignores metadata that makes no sense', async () => {
    const stream = await streamOf(3);
    await client.setStreamMetadata(stream, { maxCount: 0, maxAge: -1, truncateBefore: -5 });
    expect(await revisions(stream)).toEqual([0, 1, 2]);
  });

  it('treats metastreams as if they had $maxCount 1', async () => {
    const stream = await streamOf(1);
    for (const maxCount of [1, 2, 3]) await client.setStreamMetadata(stream, { maxCount });
    expect(await revisions(`$$${stream}`)).toEqual([2]);
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 3 });
  });

  it('keeps metadata keys that it does not know, $acl among them', async () => {
    const stream = await streamOf(1);
    const metadata = { acl: { readRoles: '$all' }, own: 'x' };
    await client.setStreamMetadata(stream, metadata as never);
    expect((await client.getStreamMetadata(stream)).metadata).toEqual(metadata);
  });

  it('denies access to $all by name', async () => {
    await expect(revisions('$all')).rejects.toMatchObject({ type: 'access-denied' });
  });
});

describe('reading $all', () => {
  async function all(options: Parameters<EventStoreDBClient['readAll']>[0] = {}) {
    const found = [];
    for await (const { event } of client.readAll(options)) found.push(event!);
    return found;
  }

  it('includes the given position forwards and excludes it backwards', async () => {
    const stream = await streamOf(3);
    const mine = (await all()).filter((event) => event.streamId === stream);
    const fromPosition = mine[1]!.position as Position;
    expect((await all({ fromPosition, maxCount: 1 }))[0]!.id).toBe(mine[1]!.id);
    expect((await all({ fromPosition, maxCount: 1, direction: BACKWARDS }))[0]!.id).toBe(mine[0]!.id);
  });

  it('goes backwards from the end', async () => {
    const stream = await streamOf(2);
    const last = await all({ direction: BACKWARDS, fromPosition: END, maxCount: 2 });
    expect(last.map(({ streamId, revision }) => [streamId, revision])).toEqual([
      [stream, 1n],
      [stream, 0n],
    ]);
  });

  it('is not shortened by $maxCount, $tb and deletes, and holds metadata and tombstones', async () => {
    const stream = await streamOf(3);
    await client.setStreamMetadata(stream, { maxCount: 1 });
    await client.deleteStream(stream);
    await client.tombstoneStream(stream);
    const mine = (await all()).filter(({ streamId }) => streamId.endsWith(stream));
    expect(mine.map(({ type }) => type)).toEqual([
      'Happened',
      'Happened',
      'Happened',
      '$metadata',
      '$metadata',
      '$streamDeleted',
    ]);
    expect(mine.at(-1)).toMatchObject({ streamId: stream, revision: 2n ** 63n - 1n });
  });

  it.each<[string, (last: bigint) => Position]>([
    ['between two events', (last) => ({ commit: last - 1n, prepare: last - 1n })],
    ['whose halves differ', (last) => ({ commit: last, prepare: 0n })],
    ['beyond the end', (last) => ({ commit: last * 2n, prepare: last * 2n })],
  ])('refuses a position %s', async (_, make) => {
    await streamOf(1);
    const [last] = await all({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    const read = all({ fromPosition: make(last!.position!.commit) });
    await expect(read).rejects.toThrow('Trying to read from an invalid position.');
  });
});

describe('links', () => {
  async function resolved(target: string) {
    const links = await streamOf(0);
    await client.appendToStream(links, link(target));
    const found = [];
    for await (const event of client.readStream(links, { resolveLinkTos: true })) found.push(event);
    return found[0]!;
  }

  it('resolves a link to its target and keeps the link beside it', async () => {
    const stream = await streamOf(2);
    const { event, link } = await resolved(`1@${stream}`);
    expect([event?.streamId, event?.revision, link?.type]).toEqual([stream, 1n, '$>']);
  });

  it('leaves links alone unless asked', async () => {
    const links = await streamOf(0);
    await client.appendToStream(links, link(`0@${await streamOf(1)}`));
    for await (const { event, link } of client.readStream(links))
      expect([event?.type, link]).toEqual(['$>', undefined]);
  });

  it('yields only the link when the target is missing, truncated, deleted or tombstoned', async () => {
    const [short, truncated, deleted, tombstoned] = [
      await streamOf(1),
      await streamOf(2),
      await streamOf(1),
      await streamOf(1),
    ];
    await client.setStreamMetadata(truncated, { truncateBefore: 1 });
    await client.deleteStream(deleted);
    await client.tombstoneStream(tombstoned);
    for (const target of [`5@${short}`, `0@${truncated}`, `0@${deleted}`, `0@${tombstoned}`, '0@never-written']) {
      const { event, link } = await resolved(target);
      expect([event, link?.type]).toEqual([undefined, '$>']);
    }
  });

  it('gives an unparsable link back as a plain event', async () => {
    const { event, link } = await resolved('nonsense');
    expect([event?.type, link]).toEqual(['$>', undefined]);
  });
});
