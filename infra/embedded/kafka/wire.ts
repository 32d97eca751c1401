/** Reads a request's body in Kafka's non-flexible encoding. Whatever does not fit the bytes is a RangeError. */
export class Reader {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  private advance(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.buffer.length) throw new RangeError('The request is cut short.');
    this.at += length;
    return start;
  }

  int8(): number {
    return this.buffer.readInt8(this.advance(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.advance(4));
  }

  /** Offsets, timestamps and producer ids stay far below 2^53. */
  int64(): number {
    return Number(this.buffer.readBigInt64BE(this.advance(8)));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const start = this.advance(length);
    return this.buffer.toString('utf8', start, start + length);
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw new RangeError('A string is null where none may be.');
    return value;
  }

  /** A view, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    const start = this.advance(length);
    return this.buffer.subarray(start, start + length);
  }

  nullableArray<T>(read: (reader: Reader) => T): T[] | null {
    const length = this.int32();
    if (length < 0) return null;
    if (length > this.buffer.length - this.at) throw new RangeError('An array is longer than its request.');
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  array<T>(read: (reader: Reader) => T): T[] {
    return this.nullableArray(read) ?? [];
  }
}

/** Builds a response. Record batches are kept as the buffers they are, so that a fetch copies nothing. */
export class Writer {
  private readonly chunks: Buffer[] = [];
  private buffer = Buffer.allocUnsafe(512);
  private at = 8; // length and correlation id, filled in by frame()
  private closed = 0;

  private reserve(length: number): number {
    if (this.at + length > this.buffer.length) {
      this.cut();
      this.buffer = Buffer.allocUnsafe(Math.max(4096, length));
    }
    const start = this.at;
    this.at += length;
    return start;
  }

  private cut() {
    this.chunks.push(this.buffer.subarray(0, this.at));
    this.closed += this.at;
    this.buffer = this.buffer.subarray(this.at);
    this.at = 0;
  }

  int8(value: number): this {
    const start = this.reserve(1); // first: it may change the buffer
    this.buffer.writeInt8(value, start);
    return this;
  }

  int16(value: number): this {
    const start = this.reserve(2);
    this.buffer.writeInt16BE(value, start);
    return this;
  }

  int32(value: number): this {
    const start = this.reserve(4);
    this.buffer.writeInt32BE(value, start);
    return this;
  }

  int64(value: number): this {
    const start = this.reserve(8);
    this.buffer.writeBigInt64BE(BigInt(value), start);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  nullableString(value: string | null): this {
    if (value === null) return this.int16(-1);
    const length = Buffer.byteLength(value);
    this.int16(length);
    const start = this.reserve(length);
    this.buffer.write(value, start);
    return this;
  }

  string(value: string): this {
    return this.nullableString(value);
  }

  bytes(value: Buffer): this {
    this.int32(value.length);
    const start = this.reserve(value.length);
    value.copy(this.buffer, start);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** A RECORDS field: the batches one after another, uncopied. */
  records(batches: readonly Buffer[]): this {
    let length = 0;
    for (const batch of batches) length += batch.length;
    this.int32(length);
    if (length === 0) return this;
    this.cut();
    this.chunks.push(...batches);
    this.closed += length;
    return this;
  }

  /** The finished response with its length and correlation id in front. */
  frame(correlationId: number): Buffer[] {
    this.cut();
    const first = this.chunks[0]!;
    first.writeInt32BE(this.closed - 4, 0);
    first.writeInt32BE(correlationId, 4);
    return this.chunks;
  }
}
