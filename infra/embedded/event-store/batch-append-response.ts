import type { Written } from './append.js';
import { bytesFieldLength, varintLength, writeBytesField, writeVarint } from './wire.js';

const CORRELATION_ID = 0x0a;
const ERROR = 0x12;
const SUCCESS = 0x1a;
const STREAM_IDENTIFIER = 0x22;
const EMPTY = Buffer.alloc(0);

/** What an answer repeats of its request, as it was encoded there. */
export interface Addressee {
  correlationId: Buffer | undefined;
  identifier: Buffer | undefined;
}

/** A `BatchAppendResp` around an encoded `Success` or `google.rpc.Status`. */
function answerTo({ correlationId, identifier }: Addressee, tag: number, result: Buffer): Buffer {
  const length =
    (correlationId ? bytesFieldLength(correlationId.length) : 0) +
    bytesFieldLength(result.length) +
    (identifier ? bytesFieldLength(identifier.length) : 0);
  const response = Buffer.allocUnsafe(length);
  let at = correlationId ? writeBytesField(response, 0, CORRELATION_ID, correlationId) : 0;
  at = writeBytesField(response, at, tag, result);
  if (identifier) writeBytesField(response, at, STREAM_IDENTIFIER, identifier);
  return response;
}

/** The answer to an append that is on the disk, or was before. Encoded by hand, like the request is decoded. */
export function batchSuccess(addressee: Addressee, { revision, position }: Written): Buffer {
  const success = Buffer.allocUnsafe(40);
  let at = 0;
  if (revision < 0) at = writeBytesField(success, at, 0x12, EMPTY);
  else {
    success[at] = 0x08;
    at = writeVarint(success, at + 1, revision);
  }
  if (position === undefined) at = writeBytesField(success, at, 0x22, EMPTY);
  else {
    const length = varintLength(position);
    success[at] = 0x1a;
    success[at + 1] = 2 * (1 + length);
    success[at + 2] = 0x08;
    at = writeVarint(success, at + 3, position);
    success[at] = 0x10;
    at = writeVarint(success, at + 1, position);
  }
  return answerTo(addressee, SUCCESS, success.subarray(0, at));
}

/** The answer to an append that was not made; `status` is an encoded `google.rpc.Status`. */
export function batchError(addressee: Addressee, status: Uint8Array): Buffer {
  return answerTo(addressee, ERROR, Buffer.from(status));
}
