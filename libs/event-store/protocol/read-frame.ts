/** Where an event's parts lie in the bytes that it was read from. */
export interface FramedEvent {
  type: string;
  eventId: string;
  streamId: string;
  revision: number;
  position: bigint;
  /** Ticks of 100 ns since the Unix epoch, decimal. */
  created: string;
  isJson: boolean;
  metadata: [from: number, to: number];
  data: [from: number, to: number];
}

/** The reader of this module: where it is in what. One event is read to its end before the next begins. */
let bytes: Buffer = Buffer.alloc(0);
let at = 0;

/** The three that the protocol knows are told apart by their length. */
const TYPE = 'type'.length;
const CONTENT_TYPE = 'content-type'.length;
const CREATED = 'created'.length;
const JSON_TYPE = 'application/json';

/**
 * Decodes the event of a `ReadResp` in place; undefined when it holds none. The same message that `read-answer.ts`
 * decodes: here without a reader, closures and views for each, because a whole history passes. Numbers of fields are
 * those of streams.proto; each tag is the field's number times 8, plus 2 for what has a length.
 */
export function decodeFramedEvent(slab: Buffer, from: number, to: number): FramedEvent | undefined {
  bytes = slab;
  at = from;
  const resolved = enter(to, 1);
  if (resolved === undefined) return undefined;
  const end = enter(resolved, 1);
  if (end === undefined) return undefined;
  const event: FramedEvent = {
    type: '',
    eventId: '',
    streamId: '',
    revision: 0,
    position: 0n,
    created: '0',
    isJson: false,
    metadata: [0, 0],
    data: [0, 0],
  };
  while (at < end) {
    const tag = varint();
    if (tag === 10) event.eventId = textIn(2);
    else if (tag === 18) event.streamId = textIn(3);
    else if (tag === 24) event.revision = varint();
    else if (tag === 40) event.position = BigInt(varint());
    else if (tag === 50) takeProperty(event);
    else if (tag === 58) event.metadata = range();
    else if (tag === 66) event.data = range();
    else skip(tag);
  }
  return event;
}

/** Goes to the first field of that number, which holds a message: where the message ends. */
function enter(end: number, field: number): number | undefined {
  while (at < end) {
    const tag = varint();
    if (tag === field * 8 + 2) {
      const length = varint();
      return at + length;
    }
    skip(tag);
  }
  return undefined;
}

function range(): [number, number] {
  const length = varint();
  const from = at;
  at += length;
  return [from, at];
}

/** The text of one field of a small message. */
function textIn(field: number): string {
  const length = varint();
  const end = at + length;
  let text = '';
  while (at < end) {
    const tag = varint();
    if (tag === field * 8 + 2) text = string();
    else skip(tag);
  }
  return text;
}

function takeProperty(event: FramedEvent): void {
  const length = varint();
  const end = at + length;
  let key: [number, number] = [0, 0];
  let value: [number, number] = [0, 0];
  while (at < end) {
    const tag = varint();
    if (tag === 10) key = range();
    else if (tag === 18) value = range();
    else skip(tag);
  }
  const keyLength = key[1] - key[0];
  if (keyLength === TYPE) event.type = bytes.toString('utf8', value[0], value[1]);
  else if (keyLength === CREATED) event.created = bytes.toString('latin1', value[0], value[1]);
  else if (keyLength === CONTENT_TYPE) {
    event.isJson =
      value[1] - value[0] === JSON_TYPE.length && bytes.toString('latin1', value[0], value[1]) === JSON_TYPE;
  }
}

function string(): string {
  const length = varint();
  at += length;
  return bytes.toString('utf8', at - length, at);
}

/** Positions are byte offsets in a log: far below 2^53. */
function varint(): number {
  let byte = bytes[at++]!;
  if (byte < 128) return byte;
  let value = byte & 127;
  let scale = 128;
  do {
    byte = bytes[at++]!;
    value += (byte & 127) * scale;
    scale *= 128;
  } while (byte >= 128);
  return value;
}

function skip(tag: number): void {
  const wire = tag & 7;
  if (wire === 0) varint();
  else if (wire === 2) at += varint();
  else if (wire === 5) at += 4;
  else if (wire === 1) at += 8;
  else throw new Error(`A field of wire type ${wire} is not known.`);
}
