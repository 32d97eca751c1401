import protobuf, { type Reader, type Writer } from 'protobufjs/minimal.js';
import { bigintOf, eachField, endOf } from './fields.js';

/** An event as it is sent: data and metadata are JSON. */
export interface EncodedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** One append, whole in one message. */
export interface AppendRequest {
  /** Which of its connection's appends it is: the answer repeats it. */
  number: number;
  streamId: string;
  /** Undefined when the stream must not exist. */
  expected: number | undefined;
  deadline: Date;
  events: EncodedEvent[];
}

export interface AppendAnswer {
  number: number;
  revision: number;
  position: bigint;
  /** The whole answer as it came when the server refused, which is rare: the generated code tells more of it. */
  refusal: Uint8Array | undefined;
}

/** A correlation id is a UUID, of which the last 48 bits are the number. */
const UUID_PREFIX = '00000000-0000-4000-8000-';

/** Encodes a `BatchAppendReq`. Tags are those of streams.proto: field number times 8, plus 2 for what has a length. */
export function encodeAppend({ number, streamId, expected, deadline, events }: AppendRequest): Uint8Array {
  const writer = protobuf.Writer.create();
  const correlationId = UUID_PREFIX + number.toString(16).padStart(12, '0');
  writer.uint32(10).fork().uint32(18).string(correlationId).ldelim();
  writer.uint32(18).fork();
  writer.uint32(10).fork().uint32(26).string(streamId).ldelim();
  if (expected === undefined) writer.uint32(26).fork().ldelim();
  else writer.uint32(16).uint64(expected);
  const milliseconds = deadline.getTime();
  writer.uint32(50).fork();
  writer.uint32(8).int64(Math.floor(milliseconds / 1_000));
  writer.uint32(16).int32((milliseconds % 1_000) * 1_000_000);
  writer.ldelim().ldelim();
  for (const event of events) writeEvent(writer, event);
  return writer.uint32(32).bool(true).finish();
}

function writeEvent(writer: Writer, { id, type, data, metadata }: EncodedEvent): void {
  writer.uint32(26).fork();
  writer.uint32(10).fork().uint32(18).string(id).ldelim();
  writeProperty(writer, 'type', type);
  writeProperty(writer, 'content-type', 'application/json');
  writer.uint32(26).string(metadata);
  writer.uint32(34).string(data).ldelim();
}

function writeProperty(writer: Writer, key: string, value: string): void {
  writer.uint32(18).fork().uint32(10).string(key).uint32(18).string(value).ldelim();
}

/** Decodes a `BatchAppendResp`. */
export function decodeAppendAnswer(bytes: Uint8Array): AppendAnswer {
  const answer: AppendAnswer = { number: 0, revision: 0, position: 0n, refusal: undefined };
  const reader = protobuf.Reader.create(bytes);
  eachField(reader, reader.len, (field, tag) => {
    if (field === 1) answer.number = numberIn(reader, endOf(reader));
    else if (field === 3) readSuccess(answer, reader, endOf(reader));
    else reader.skipType(tag & 7);
    if (field === 2) answer.refusal = bytes;
  });
  return answer;
}

function readSuccess(answer: AppendAnswer, reader: Reader, end: number): void {
  eachField(reader, end, (field, tag) => {
    if (field === 1) answer.revision = Number(reader.uint64());
    else if (field === 3) answer.position = commitPosition(reader, endOf(reader));
    else reader.skipType(tag & 7);
  });
}

function commitPosition(reader: Reader, end: number): bigint {
  let position = 0n;
  eachField(reader, end, (field, tag) => {
    if (field === 1) position = bigintOf(reader.uint64());
    else reader.skipType(tag & 7);
  });
  return position;
}

/** A server answers a UUID as text, as it got it, or as two numbers. */
function numberIn(reader: Reader, end: number): number {
  let number = 0;
  eachField(reader, end, (field, tag) => {
    if (field === 2) number = Number.parseInt(reader.string().slice(UUID_PREFIX.length), 16);
    else if (field === 1) number = lastBits(reader, endOf(reader));
    else reader.skipType(tag & 7);
  });
  return number;
}

function lastBits(reader: Reader, end: number): number {
  let number = 0;
  eachField(reader, end, (field, tag) => {
    if (field === 2) number = Number(BigInt.asUintN(48, bigintOf(reader.int64())));
    else reader.skipType(tag & 7);
  });
  return number;
}
