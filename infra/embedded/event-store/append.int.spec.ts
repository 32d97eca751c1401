import { randomUUID } from 'node:crypto';
import {
  ANY,
  binaryEvent,
  type EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { connect, disconnect, type Running, startHere } from './harness.js';

let server: Running;
let client: EventStoreDBClient;
beforeAll(async () => {
  server = await startHere();
  client = server.client;
});
afterAll(() => server.stop());

const event = (id = randomUUID()) => jsonEvent({ id, type: 'Happened', data: { id } });
const newStream = () => `stream-${randomUUID()}`;

async function revisions(stream: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream)) found.push(Number(event?.revision));
  return found;
}

describe('append', () => {
  it('answers with the current revision and a position with commit = prepare (rule 8)', async () => {
    const stream = newStream();
    const result = await client.appendToStream(stream, [event(), event()], { expectedRevision: NO_STREAM });
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(result.position?.commit).toBe(result.position?.prepare);
    for await (const { event: last } of client.readStream(stream, { fromRevision: 1n }))
      expect(last?.position).toEqual(result.position);
  });

  it('gives back what was written: data, metadata, type, id and time, JSON or binary', async () => {
    const stream = newStream();
    const json = jsonEvent({ type: 'Jäson', data: { text: 'ä\u{1f600}' }, metadata: { cause: 'x' } });
    const binary = binaryEvent({ type: 'Binary', data: Buffer.from([0, 255, 10]), metadata: Buffer.from([1]) });
    const before = Date.now();
    await client.appendToStream(stream, [json, binary]);
    const read = [];
    for await (const { event } of client.readStream(stream)) read.push(event!);
    expect(read[0]).toMatchObject({
      id: json.id,
      type: 'Jäson',
      data: json.data,
      metadata: json.metadata,
      isJson: true,
    });
    expect(read[1]).toMatchObject({ id: binary.id, type: 'Binary', isJson: false, streamId: stream });
    expect(Buffer.from(read[1]!.data as Uint8Array)).toEqual(Buffer.from([0, 255, 10]));
    expect(read[0]!.created.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('lets exactly one of many concurrent writers win an expected revision', async () => {
    const stream = newStream();
    const tries = Array.from({ length: 20 }, () =>
      client.appendToStream(stream, event(), { expectedRevision: NO_STREAM }).then(
        () => 'won',
        (error) => error.type,
      ),
    );
    const results = await Promise.all(tries);
    expect(results.filter((result) => result === 'won')).toHaveLength(1);
    expect(results.filter((result) => result === 'wrong-expected-version')).toHaveLength(19);
  });

  it('tells expected and actual revision of a wrong version', async () => {
    const stream = newStream();
    await client.appendToStream(stream, [event(), event()]);
    const error = await client.appendToStream(stream, event(), { expectedRevision: 7n }).catch((e) => e);
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ streamName: stream, expectedVersion: 7n, actualVersion: 1n });
    const missing = await client
      .appendToStream(newStream(), event(), { expectedRevision: STREAM_EXISTS })
      .catch((e) => e);
    expect(missing).toMatchObject({ expectedVersion: 'stream_exists', actualVersion: 'no_stream' });
  });

  it('accepts the same append again with the original revision and position (rules 3 and 4)', async () => {
    const stream = newStream();
    const first = [event(), event()];
    const original = await client.appendToStream(stream, first, { expectedRevision: NO_STREAM });
    await client.appendToStream(stream, event());
    for (const expectedRevision of [ANY, STREAM_EXISTS, NO_STREAM] as const)
      expect(await client.appendToStream(stream, first, { expectedRevision })).toEqual(original);
    expect(await revisions(stream)).toEqual([0, 1, 2]);
  });

  it('tells ids apart by stream (rule 3)', async () => {
    const shared = event();
    const [one, other] = [newStream(), newStream()];
    await client.appendToStream(one, shared);
    expect((await client.appendToStream(other, shared)).nextExpectedRevision).toBe(0n);
    expect(await revisions(other)).toEqual([0]);
  });

  it('refuses known ids followed by unknown ones (rule 3)', async () => {
    const stream = newStream();
    const known = event();
    await client.appendToStream(stream, known);
    await expect(client.appendToStream(stream, [known, event()])).rejects.toThrow(WrongExpectedVersionError);
  });

  it('goes on at the old last + 1 after a soft delete and hides what was before (rule 6)', async () => {
    const stream = newStream();
    await client.setStreamMetadata(stream, { maxCount: 10, own: 'kept' });
    await client.appendToStream(stream, [event(), event(), event()]);
    await client.setStreamMetadata(stream, { truncateBefore: Number.MAX_SAFE_INTEGER + 1, own: 'kept' });
    await client.deleteStream(stream);
    const again = await client.appendToStream(stream, event(), { expectedRevision: NO_STREAM });
    expect(again.nextExpectedRevision).toBe(3n);
    expect(await revisions(stream)).toEqual([3]);
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
  });

  it('keeps the other metadata keys when a deleted stream is written again (rule 6)', async () => {
    const stream = newStream();
    await client.appendToStream(stream, [event(), event()]);
    const deleting = jsonEvent({ type: '$metadata', data: { $tb: 2 ** 63, own: 'kept' } });
    await client.appendToStream(`$$${stream}`, deleting);
    await client.appendToStream(stream, event());
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 2, own: 'kept' });
  });

  it('does not bring old events back when metadata is written to a soft-deleted stream', async () => {
    const stream = newStream();
    await client.appendToStream(stream, [event(), event()]);
    await client.deleteStream(stream);
    await client.setStreamMetadata(stream, { maxCount: 5 });
    expect(await revisions(stream)).toEqual([]);
    expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 5, truncateBefore: 2 });
  });

  it('takes 1 MiB an append, over all its events, and not a byte more (rule 7)', async () => {
    const half = 512 * 1024 - 2;
    const sized = (length: number) => binaryEvent({ type: 'x', data: Buffer.alloc(length) });
    await client.appendToStream(newStream(), [sized(half), sized(half)]);
    const tooLarge = [sized(half), sized(half + 1)];
    for (const credentials of [undefined, { username: 'admin', password: 'x' }]) {
      const error = await client.appendToStream(newStream(), tooLarge, { credentials }).catch((e) => e);
      expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(error.maxAppendSize).toBe(1024 * 1024);
    }
  });

  it('answers an append that comes in several chunks once, after the last', async () => {
    const stream = newStream();
    const result = await client.appendToStream(stream, [event(), event(), event()], { batchAppendSize: 10 });
    expect(result.nextExpectedRevision).toBe(2n);
    expect(await revisions(stream)).toEqual([0, 1, 2]);
  });

  it('refuses an append whose deadline has passed', async () => {
    const error = await client.appendToStream(newStream(), event(), { deadline: -1000 }).catch((e) => e);
    expect(error.type).toBe('deadline-exceeded');
  });

  it('accepts an append without events and writes nothing', async () => {
    const stream = newStream();
    expect((await client.appendToStream(stream, [])).success).toBe(true);
    await expect(revisions(stream)).rejects.toThrow(StreamNotFoundError);
  });

  it('refuses to write to $all and to a stream without a name', async () => {
    expect((await client.appendToStream('$all', event()).catch((e) => e)).type).toBe('access-denied');
    const plain = { credentials: { username: 'admin', password: 'x' } };
    expect((await client.appendToStream('$all', event(), plain).catch((e) => e)).type).toBe('access-denied');
    expect((await client.appendToStream('', event(), plain).catch((e) => e)).message).toContain('not a stream name');
  });

  it('names the metadata properties that an event lacks', async () => {
    const nameless = { ...event(), type: '' };
    const error = await client
      .appendToStream(newStream(), nameless, { credentials: { username: 'admin', password: 'x' } })
      .catch((e) => e);
    expect(error).toMatchObject({
      type: 'missing-required-metadata-property',
      requiredMetadataProperties: ['type'],
    });
  });

  it('refuses an id that is not a UUID', async () => {
    const plain = { credentials: { username: 'admin', password: 'x' } };
    const error = await client.appendToStream(newStream(), event('no-uuid-at-all-x'), plain).catch((e) => e);
    expect(error.message).toContain('not a UUID');
  });

  it('serves plain Append, which reports a wrong version in its response', async () => {
    const stream = newStream();
    const plain = { credentials: { username: 'admin', password: 'x' } };
    expect(await client.appendToStream(stream, event(), plain)).toMatchObject({ nextExpectedRevision: 0n });
    const wrong = await client.appendToStream(stream, event(), { ...plain, expectedRevision: 5n }).catch((e) => e);
    expect(wrong).toBeInstanceOf(WrongExpectedVersionError);
    expect(wrong).toMatchObject({ expectedVersion: 5n, actualVersion: 0n });
  });

  it('answers with success: false to a client that does not want append failures thrown', async () => {
    const quiet = connect(server.port, '&throwOnAppendFailure=false');
    const result = await quiet.appendToStream(newStream(), event(), { expectedRevision: 3n });
    expect(result).toMatchObject({ success: false, nextExpectedRevision: -1n });
    await disconnect(quiet);
  });
});
