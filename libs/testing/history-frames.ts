import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Recorded } from '#contracts/envelope.js';

const { ReadResp } = streamsPb;
const TICKS_A_MILLISECOND = 10_000;

/** An event as a server tells it. */
export interface ToldEvent {
  eventId: string;
  streamId: string;
  type: string;
  /** JSON. */
  data: string;
  metadata: string;
  revision: number;
  position: number;
  created: string;
}

/** The answer of a server with an event in it, by the generated code. */
export function answerOf({ eventId, streamId, type, data, metadata, revision, position, created }: ToldEvent): Buffer {
  const event = new ReadResp.ReadEvent.RecordedEvent();
  const id = new sharedPb.UUID();
  id.setString(eventId);
  event.setId(id);
  const stream = new sharedPb.StreamIdentifier();
  stream.setStreamName(Buffer.from(streamId));
  event.setStreamIdentifier(stream);
  event.setStreamRevision(String(revision));
  event.setPreparePosition(String(position));
  event.setCommitPosition(String(position));
  event.getMetadataMap().set('created', created).set('content-type', 'application/json').set('type', type);
  event.setCustomMetadata(Buffer.from(metadata));
  event.setData(Buffer.from(data));
  const resolved = new ReadResp.ReadEvent();
  resolved.setEvent(event);
  resolved.setCommitPosition(String(position));
  const response = new ReadResp();
  response.setEvent(resolved);
  return Buffer.from(response.serializeBinary());
}

/** A message as gRPC sends it. */
export function framed(message: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** The frames that a server would send of these events. */
export function framesOf(events: readonly Recorded[]): Buffer {
  return Buffer.concat(
    events.map(({ metadata: { correlationId, causationId, ...rest }, recordedAt, position, data, ...event }) => {
      const message = answerOf({
        ...event,
        position: Number(position),
        created: String(Date.parse(recordedAt) * TICKS_A_MILLISECOND),
        data: JSON.stringify(data),
        metadata: JSON.stringify({ ...rest, $correlationId: correlationId, $causationId: causationId }),
      });
      return framed(message);
    }),
  );
}
