import protobuf, { type Reader } from 'protobufjs/minimal.js';
import { bigintOf, eachField, endOf } from './fields.js';

/** An event as the server answers it. Its bytes are decoded only when it is wanted. */
export interface StoredEvent {
  eventId: string;
  streamId: string;
  revision: number;
  /** Its commit position. */
  position: bigint;
  type: string;
  contentType: string;
  /** When the server recorded it: ticks of 100 ns since the Unix epoch, decimal. */
  created: string;
  metadata: Buffer;
  data: Buffer;
}

/** What a server answers to a read or a subscription, one message after the other. */
export type ReadAnswer =
  | { kind: 'event'; event: StoredEvent }
  | { kind: 'checkpoint'; position: bigint }
  | { kind: 'streamNotFound' }
  | { kind: 'caughtUp' }
  | { kind: 'other' };

const NO_BYTES = Buffer.alloc(0);

/**
 * Decodes a `ReadResp`. Field by field, because every event passes here and the generated code takes several times as
 * long. Numbers of fields are those of streams.proto; data and metadata are views of `bytes`.
 */
export function decodeReadAnswer(bytes: Buffer): ReadAnswer {
  const reader = protobuf.Reader.create(bytes);
  let answer: ReadAnswer = { kind: 'other' };
  eachField(reader, reader.len, (field, tag) => {
    if (field === 1) answer = resolved(reader, endOf(reader));
    else if (field === 3) answer = { kind: 'checkpoint', position: checkpointPosition(reader, endOf(reader)) };
    else reader.skipType(tag & 7);
    if (field === 4) answer = { kind: 'streamNotFound' };
    if (field === 8) answer = { kind: 'caughtUp' };
  });
  return answer;
}

/** A link whose event is gone holds none. */
function resolved(reader: Reader, end: number): ReadAnswer {
  let answer: ReadAnswer = { kind: 'other' };
  eachField(reader, end, (field, tag) => {
    if (field === 1) answer = { kind: 'event', event: recorded(reader, endOf(reader)) };
    else reader.skipType(tag & 7);
  });
  return answer;
}

function recorded(reader: Reader, end: number): StoredEvent {
  const event: StoredEvent = {
    eventId: '',
    streamId: '',
    revision: 0,
    position: 0n,
    type: '',
    contentType: '',
    created: '0',
    metadata: NO_BYTES,
    data: NO_BYTES,
  };
  eachField(reader, end, (field, tag) => {
    // A UUID holds the text that every read asks for in field 2, a stream's identifier its name in field 3.
    if (field === 1) event.eventId = textIn(reader, endOf(reader), 2);
    else if (field === 2) event.streamId = textIn(reader, endOf(reader), 3);
    else if (field === 3) event.revision = Number(reader.uint64());
    else if (field === 5) event.position = bigintOf(reader.uint64());
    else if (field === 6) takeProperty(event, reader, endOf(reader));
    else if (field === 7) event.metadata = reader.bytes() as Buffer;
    else if (field === 8) event.data = reader.bytes() as Buffer;
    else reader.skipType(tag & 7);
  });
  return event;
}

function textIn(reader: Reader, end: number, wanted: number): string {
  let text = '';
  eachField(reader, end, (field, tag) => {
    if (field === wanted) text = reader.string();
    else reader.skipType(tag & 7);
  });
  return text;
}

function takeProperty(event: StoredEvent, reader: Reader, end: number): void {
  let key = '';
  let value = '';
  eachField(reader, end, (field, tag) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else reader.skipType(tag & 7);
  });
  if (key === 'type') event.type = value;
  else if (key === 'content-type') event.contentType = value;
  else if (key === 'created') event.created = value;
}

function checkpointPosition(reader: Reader, end: number): bigint {
  let position = 0n;
  eachField(reader, end, (field, tag) => {
    if (field === 1) position = bigintOf(reader.uint64());
    else reader.skipType(tag & 7);
  });
  return position;
}
