import type { Resolved } from './links.js';
import { ID_FIELD_LENGTH } from './recorded-event.js';
import { varintLength, writeVarint } from './wire.js';

const EVENT = 0x0a;
const LINK = 0x12;
const COMMIT_POSITION = 0x18;

/** The id as two numbers instead of text, for the clients that ask for it. */
function withStructuredId(record: Buffer): Buffer {
  const bytes = Buffer.from(record.toString('latin1', 4, ID_FIELD_LENGTH).replaceAll('-', ''), 'hex');
  const id = Buffer.alloc(26);
  id[0] = 0x0a;
  const structured = Buffer.alloc(22);
  let end = writeBig(structured, 1, bytes.readBigUInt64BE(0));
  structured[0] = 0x08;
  structured[end] = 0x10;
  end = writeBig(structured, end + 1, bytes.readBigUInt64BE(8));
  id[1] = end + 2;
  id[2] = 0x0a;
  id[3] = end;
  return Buffer.concat([id.subarray(0, 4), structured.subarray(0, end), record.subarray(ID_FIELD_LENGTH)]);
}

function writeBig(into: Buffer, at: number, value: bigint): number {
  let offset = at;
  let rest = value;
  while (rest >= 128n) {
    into[offset++] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  into[offset++] = Number(rest);
  return offset;
}

function fieldLength(bytes: Buffer | undefined): number {
  return bytes ? 1 + varintLength(bytes.length) + bytes.length : 0;
}

function writeField(into: Buffer, at: number, tag: number, bytes: Buffer | undefined): number {
  if (!bytes) return at;
  into[at] = tag;
  const start = writeVarint(into, at + 1, bytes.length);
  bytes.copy(into, start);
  return start + bytes.length;
}

/**
 * A `ReadResp` with an event, encoded by hand: the stored record is already the message inside, so all there is to do is
 * to copy it behind its lengths.
 */
export function eventResponse({ event, link }: Resolved, position: number, structuredIds: boolean): Buffer {
  const main = event && structuredIds ? withStructuredId(event) : event;
  const via = link && structuredIds ? withStructuredId(link) : link;
  const length = fieldLength(main) + fieldLength(via) + 1 + varintLength(position);
  const response = Buffer.allocUnsafe(1 + varintLength(length) + length);
  response[0] = EVENT;
  let at = writeVarint(response, 1, length);
  at = writeField(response, at, EVENT, main);
  at = writeField(response, at, LINK, via);
  response[at] = COMMIT_POSITION;
  writeVarint(response, at + 1, position);
  return response;
}
