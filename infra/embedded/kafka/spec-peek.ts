import { isAbortMarker, readHeader, readRecords } from './record-batch.js';
import type { TestBroker } from './spec-support.js';

const FETCH = 1;

export interface Peeked {
  offset: number;
  key: string | null;
  value: string | null;
}

/**
 * All records of a partition in one raw fetch after another, without a group to join: quick enough to be asked again
 * and again. With `readCommitted` it leaves out aborted records as a client does.
 */
export async function peek(
  broker: TestBroker,
  topic: string,
  readCommitted = true,
  from = 0,
  partition = 0,
): Promise<Peeked[]> {
  const found: Peeked[] = [];
  for (let offset = from; ; ) {
    const answer = (await broker.request(FETCH, 4, (body) => {
      body
        .int32(-1)
        .int32(0)
        .int32(0)
        .int32(1e7)
        .int8(readCommitted ? 1 : 0);
      return body.array([topic], (name) =>
        body.string(name).array([partition], (index) => body.int32(index).int64(offset).int32(1e7)),
      );
    }))!;
    answer.int32();
    answer.int32();
    answer.string();
    answer.int32();
    answer.int32();
    const error = answer.int16();
    if (error !== 0) throw new Error(`Fetch answers error ${error}.`);
    answer.int64();
    answer.int64();
    const aborted = answer.array(() => ({ producerId: answer.int64(), firstOffset: answer.int64() }));
    let rest = answer.nullableBytes() ?? Buffer.alloc(0);
    if (rest.length === 0) return found;
    while (rest.length > 0) {
      const batch = rest.subarray(0, 12 + rest.readInt32BE(8));
      rest = rest.subarray(batch.length);
      const header = readHeader(batch);
      offset = header.lastOffset + 1;
      const at = aborted.findIndex(
        ({ producerId, firstOffset }) => producerId === header.producerId && firstOffset <= header.baseOffset,
      );
      if (header.control) {
        if (at >= 0 && isAbortMarker(batch)) aborted.splice(at, 1);
      } else if (at < 0 || !header.transactional)
        for (const { offsetDelta, key, value } of readRecords(batch, header))
          found.push({
            offset: header.baseOffset + offsetDelta,
            key: key && String(key),
            value: value && String(value),
          });
    }
  }
}
