import { Reader, Writer } from './wire.js';

const body = (writer: Writer) => Buffer.concat(writer.frame(5)).subarray(8);

describe('the wire format', () => {
  it('reads back what was written, whatever its size', () => {
    const long = 'ü'.repeat(3000);
    const writer = new Writer()
      .int8(-3)
      .int16(-300)
      .int32(-70_000)
      .int64(-(2 ** 50));
    writer.boolean(true).nullableString(null).string(long).bytes(Buffer.alloc(9000, 1));
    writer.array([1, 2, 3], (item) => writer.int32(item));
    const reader = new Reader(body(writer));
    expect([reader.int8(), reader.int16(), reader.int32(), reader.int64()]).toEqual([-3, -300, -70_000, -(2 ** 50)]);
    expect([reader.boolean(), reader.nullableString(), reader.string()]).toEqual([true, null, long]);
    expect(reader.nullableBytes()).toEqual(Buffer.alloc(9000, 1));
    expect(reader.array(() => reader.int32())).toEqual([1, 2, 3]);
  });

  it('frames an answer with its length and correlation id, record batches between the fields', () => {
    const frame = Buffer.concat(
      new Writer()
        .int16(1)
        .records([Buffer.from('ab'), Buffer.from('c')])
        .int16(2)
        .frame(9),
    );
    expect(frame).toEqual(Buffer.from([0, 0, 0, 15, 0, 0, 0, 9, 0, 1, 0, 0, 0, 3, 97, 98, 99, 0, 2]));
  });

  it('refuses a request that is cut short or claims more than it holds', () => {
    expect(() => new Reader(Buffer.alloc(3)).int32()).toThrow(RangeError);
    expect(() => new Reader(Buffer.from([0, 9, 1])).string()).toThrow(RangeError);
    expect(() => new Reader(Buffer.from([255, 255])).string()).toThrow(RangeError);
    expect(() => new Reader(Buffer.from([127, 0, 0, 0])).array((reader) => reader.int8())).toThrow(RangeError);
  });
});
