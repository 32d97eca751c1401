import { randomUUID } from 'node:crypto';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { disconnect, type Running, startHere } from './harness.js';

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

describe('delete and tombstone', () => {
  it('hides a soft-deleted stream, also when it is deleted again', async () => {
    const stream = newStream();
    await client.appendToStream(stream, event());
    const result = await client.deleteStream(stream, { expectedRevision: 0n });
    expect(result.position?.commit).toBeGreaterThan(0n);
    await expect(revisions(stream)).rejects.toThrow(StreamNotFoundError);
    const metadata = [];
    for await (const { event } of client.readStream(`$$${stream}`)) metadata.push(event);
    expect(metadata).toHaveLength(1);
    await client.deleteStream(stream);
    await expect(client.appendToStream(stream, event(), { expectedRevision: STREAM_EXISTS })).rejects.toThrow(
      StreamDeletedError,
    );
  });

  it('reports a wrong version of a delete or tombstone as a status with trailers', async () => {
    const stream = newStream();
    await client.appendToStream(stream, event());
    for (const remove of ['deleteStream', 'tombstoneStream'] as const) {
      const error = await client[remove](stream, { expectedRevision: 4n }).catch((e) => e);
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: stream, expectedVersion: 4n, actualVersion: 0n });
    }
  });

  it('answers every later read and write of a tombstoned stream and its metastream with StreamDeleted (rule 1)', async () => {
    const stream = `${newStream()}-ä`;
    await client.appendToStream(stream, event());
    await client.tombstoneStream(stream);
    await expect(client.appendToStream(stream, event())).rejects.toThrow(StreamDeletedError);
    await expect(
      client.appendToStream(stream, event(), { credentials: { username: 'a', password: 'b' } }),
    ).rejects.toThrow(StreamDeletedError);
    await expect(client.setStreamMetadata(stream, {})).rejects.toThrow(StreamDeletedError);
    await expect(client.getStreamMetadata(stream)).rejects.toThrow(StreamDeletedError);
    await expect(revisions(stream)).rejects.toThrow(StreamDeletedError);
    await expect(client.deleteStream(stream)).rejects.toThrow(StreamDeletedError);
    await expect(client.tombstoneStream(stream)).rejects.toThrow(StreamDeletedError);
  });

  it('tombstones a stream that was never written', async () => {
    const stream = newStream();
    await client.tombstoneStream(stream, { expectedRevision: NO_STREAM });
    await expect(revisions(stream)).rejects.toThrow(StreamDeletedError);
  });

  it('does not delete a metastream', async () => {
    expect((await client.deleteStream('$$x').catch((e) => e)).message).toContain('holds metadata');
  });
});

describe('connecting', () => {
  it('is found by discovery: it is the leader of a cluster of one', async () => {
    const discovering = EventStoreDBClient.connectionString(`esdb+discover://127.0.0.1:${server.port}?tls=false`);
    await discovering.appendToStream(newStream(), event());
    await disconnect(discovering);
  });
});
