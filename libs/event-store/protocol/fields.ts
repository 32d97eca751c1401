import type { Reader } from 'protobufjs/minimal.js';

/** Hands over every field of a message that ends at `end`: `take` reads its value, or skips it by its tag. */
export function eachField(reader: Reader, end: number, take: (field: number, tag: number) => void): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    take(tag >>> 3, tag);
  }
}

/** Where the message ends whose length comes next. */
export function endOf(reader: Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

/** Positions are 64-bit numbers; most fit into a double, which is the shorter way. */
export function bigintOf(value: number | { high: number; low: number }): bigint {
  if (typeof value === 'number') return BigInt(value);
  const low = value.low >>> 0;
  const high = value.high >>> 0;
  return high < 2 ** 21 ? BigInt(high * 2 ** 32 + low) : (BigInt(high) << 32n) | BigInt(low);
}
