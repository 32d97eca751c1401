/** The protobuf wire format, for the few hot messages whose generated code costs more than all the rest of a call. */

export const VARINT = 0;
const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

export function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  let offset = at;
  while (rest >= 128) {
    into[offset++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[offset++] = rest;
  return offset;
}

/** The length of a field with bytes in it, with its tag (of one byte) and its length. */
export function bytesFieldLength(length: number): number {
  return 1 + varintLength(length) + length;
}

export function writeBytesField(into: Buffer, at: number, tag: number, bytes: Uint8Array): number {
  into[at] = tag;
  const start = writeVarint(into, at + 1, bytes.length);
  into.set(bytes, start);
  return start + bytes.length;
}

/** Reads a message field by field: {@link next}, then what its tag asks for. Bytes are views, not copies. */
export class WireReader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
    private readonly end = bytes.length,
  ) {}

  /** The tag of the next field (its number times 8 and its wire type), 0 at the end. */
  next(): number {
    return this.at < this.end ? this.varint() : 0;
  }

  /** A number up to 2^53; larger ones lose their last digits. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.at >= this.end) throw new Error('The message ends within a number.');
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** A whole 64-bit number, as unsigned. */
  bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (this.at >= this.end) throw new Error('The message ends within a number.');
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
  }

  view(): Buffer {
    const start = this.take();
    return this.bytes.subarray(start, this.at);
  }

  text(): string {
    const start = this.take();
    return this.bytes.toString('utf8', start, this.at);
  }

  /** A reader of the message within this field. */
  message(): WireReader {
    const start = this.take();
    return new WireReader(this.bytes, start, this.at);
  }

  skip(tag: number): void {
    const type = tag & 7;
    if (type === VARINT) this.varint();
    else if (type === LENGTH_DELIMITED) this.take();
    else if (type === FIXED_64 || type === FIXED_32) this.advance(type === FIXED_64 ? 8 : 4);
    else throw new Error(`Wire type ${type} is not known.`);
  }

  private take(): number {
    const length = this.varint();
    return this.advance(length);
  }

  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.end) throw new Error('The message ends within a field.');
    this.at = start + length;
    return start;
  }
}
