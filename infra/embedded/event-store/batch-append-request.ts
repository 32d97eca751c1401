import { ANY, NO_STREAM, STREAM_EXISTS } from './append-rules.js';
import { WireReader } from './wire.js';

export interface BatchAppendOptions {
  /** The encoded `StreamIdentifier`: the answer repeats it. */
  identifier: Buffer | undefined;
  stream: string;
  expected: number;
  /** Milliseconds since the epoch. */
  deadline: number | undefined;
}

/** One event as it came: nothing is checked yet, since a bad event only fails its own append. */
export interface ProposedMessage {
  /** The id as text; two numbers are made into text too. */
  id: string;
  type: string;
  contentType: string;
  metadata: Buffer;
  data: Buffer;
}

export interface BatchAppendChunk {
  /** The encoded `UUID`: the answer repeats it. */
  correlationId: Buffer | undefined;
  options: BatchAppendOptions | undefined;
  messages: ProposedMessage[];
  final: boolean;
}

const NO_BYTES = Buffer.alloc(0);
const NANOS_A_MILLISECOND = 1_000_000;

/**
 * Decodes a `BatchAppendReq` by hand. Data and metadata are views of `bytes`: gRPC makes a buffer for each message, so
 * they stay as they are.
 */
export function decodeBatchAppend(bytes: Buffer): BatchAppendChunk {
  const chunk: BatchAppendChunk = { correlationId: undefined, options: undefined, messages: [], final: false };
  const reader = new WireReader(bytes);
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x0a) chunk.correlationId = reader.view();
    else if (tag === 0x12) chunk.options = optionsFrom(reader.message());
    else if (tag === 0x1a) chunk.messages.push(messageFrom(reader.message()));
    else if (tag === 0x20) chunk.final = reader.varint() !== 0;
    else reader.skip(tag);
  return chunk;
}

function optionsFrom(reader: WireReader): BatchAppendOptions {
  // No expected revision at all reads as revision 0, as with the generated code.
  const options: BatchAppendOptions = { identifier: undefined, stream: '', expected: 0, deadline: undefined };
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x0a) {
      options.identifier = reader.view();
      options.stream = streamNameIn(options.identifier);
    } else if (tag === 0x10) options.expected = reader.varint();
    else if (tag === 0x32) options.deadline = millisecondsFrom(reader.message());
    else {
      if (tag === 0x1a) options.expected = NO_STREAM;
      else if (tag === 0x22) options.expected = ANY;
      else if (tag === 0x2a) options.expected = STREAM_EXISTS;
      reader.skip(tag);
    }
  return options;
}

function streamNameIn(identifier: Buffer): string {
  let name = '';
  const reader = new WireReader(identifier);
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x1a) name = reader.text();
    else reader.skip(tag);
  return name;
}

function millisecondsFrom(timestamp: WireReader): number {
  let milliseconds = 0;
  for (let tag = timestamp.next(); tag; tag = timestamp.next())
    if (tag === 0x08) milliseconds += Number(BigInt.asIntN(64, timestamp.bigVarint())) * 1000;
    else if (tag === 0x10) milliseconds += timestamp.varint() / NANOS_A_MILLISECOND;
    else timestamp.skip(tag);
  return milliseconds;
}

function messageFrom(reader: WireReader): ProposedMessage {
  const message: ProposedMessage = { id: '', type: '', contentType: '', metadata: NO_BYTES, data: NO_BYTES };
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x0a) message.id = idFrom(reader.message());
    else if (tag === 0x12) takeProperty(message, reader.message());
    else if (tag === 0x1a) message.metadata = reader.view();
    else if (tag === 0x22) message.data = reader.view();
    else reader.skip(tag);
  return message;
}

function takeProperty(message: ProposedMessage, entry: WireReader): void {
  let key = '';
  let value = '';
  for (let tag = entry.next(); tag; tag = entry.next())
    if (tag === 0x0a) key = entry.text();
    else if (tag === 0x12) value = entry.text();
    else entry.skip(tag);
  if (key === 'type') message.type = value;
  else if (key === 'content-type') message.contentType = value;
}

function idFrom(reader: WireReader): string {
  let id = '';
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x12) id = reader.text();
    else if (tag === 0x0a) id = structuredId(reader.message());
    else reader.skip(tag);
  return id;
}

function structuredId(reader: WireReader): string {
  const bytes = Buffer.alloc(16);
  for (let tag = reader.next(); tag; tag = reader.next())
    if (tag === 0x08) bytes.writeBigUInt64BE(reader.bigVarint(), 0);
    else if (tag === 0x10) bytes.writeBigUInt64BE(reader.bigVarint(), 8);
    else reader.skip(tag);
  return uuidText(bytes);
}

/** The text form of the 16 bytes of a UUID. */
export function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
