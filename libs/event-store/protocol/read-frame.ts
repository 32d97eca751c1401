/** Bytes of a slab. */
export type Range = [from: number, to: number];

/** Where an event's parts lie in the bytes that it was read from: to make a text of one takes as long as all of this. */
export interface FramedEvent {
  type: string;
  revision: number;
  position: bigint;
  isJson: boolean;
  eventId: Range;
  streamId: Range;
  /** Ticks of 100 ns since the Unix epoch, decimal. */
  created: Range;
  metadata: Range;
  data: Range;
}

/** The reader of this module: where it is in what. One event is read to its end before the next begins. */
let bytes: Buffer = Buffer.alloc(0);
let at = 0;

/** What the store did not tell. */
const NOWHERE: Range = [0, 0];

/** The three that the protocol knows are told apart by their length. */
const TYPE = 'type'.length;
const CONTENT_TYPE = 'content-type'.length;
const CREATED = 'created'.length;
const JSON_TYPE = Buffer.from('application/json');

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
    revision: 0,
    position: 0n,
    isJson: false,
    eventId: NOWHERE,
    streamId: NOWHERE,
    created: NOWHERE,
    metadata: NOWHERE,
    data: NOWHERE,
  };
  while (at < end) {
    const tag = varint();
    if (tag === 10) event.eventId = rangeIn(2);
    else if (tag === 18) event.streamId = rangeIn(3);
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

function range(): Range {
  const length = varint();
  const from = at;
  at += length;
  return [from, at];
}

/** One field of a small message. */
function rangeIn(field: number): Range {
  const length = varint();
  const end = at + length;
  let found = NOWHERE;
  while (at < end) {
    const tag = varint();
    if (tag === field * 8 + 2) found = range();
    else skip(tag);
  }
  return found;
}

function takeProperty(event: FramedEvent): void {
  const length = varint();
  const end = at + length;
  let key = NOWHERE;
  let value = NOWHERE;
  while (at < end) {
    const tag = varint();
    if (tag === 10) key = range();
    else if (tag === 18) value = range();
    else skip(tag);
  }
  const keyLength = key[1] - key[0];
  if (keyLength === TYPE) event.type = typeAt(value);
  else if (keyLength === CREATED) event.created = value;
  else if (keyLength === CONTENT_TYPE) event.isJson = holds(value, JSON_TYPE);
}

/** So many types of one length are known again. */
const REMEMBERED = 64;
const typesByLength = new Map<number, { name: string; written: Buffer }[]>();

/** Types are few: one that came before is known again in a tenth of the time that making a text takes. */
function typeAt([from, to]: Range): string {
  const known = typesByLength.get(to - from) ?? [];
  for (const { name, written } of known) if (holds([from, to], written)) return name;
  const written = Buffer.from(bytes.subarray(from, to));
  const name = written.toString('utf8');
  if (known.length < REMEMBERED) typesByLength.set(to - from, [...known, { name, written }]);
  return name;
}

function holds([from, to]: Range, expected: Buffer): boolean {
  if (to - from !== expected.length) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[from + index] !== expected[index]) return false;
  }
  return true;
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
