import { derivedId } from '#contracts/ids.js';
import { recorded } from '#testing/recorded.js';
import { partitionOf } from './murmur2.js';
import type { Position } from './processor.js';
import { lowestPosition, SEGMENTS, segmentOf, unseen } from './segments.js';

function held(...positions: Position[]) {
  return positions.map((position, segment) => ({ segment, position, epoch: 1 }));
}

function eventOf(customerId: string | undefined, position: bigint, streamId = `customer-${customerId}`) {
  const { metadata } = recorded();
  return recorded({ position, streamId, metadata: { ...metadata, customerId } });
}

describe('a segment', () => {
  it('is the partition that Kafka gives the customer, or the stream while the customer is unknown', () => {
    const id = derivedId('customer', '1');
    expect(segmentOf(eventOf(id, 1n))).toBe(partitionOf(id, SEGMENTS));
    expect(segmentOf(eventOf(undefined, 1n, 'complaint-1'))).toBe(partitionOf('complaint-1', SEGMENTS));
    // As the Java client has it: murmur2("21") is -973932308, murmur2("foobar") is -790332482.
    expect(partitionOf('21', 2 ** 31)).toBe(-973932308 & 0x7fffffff);
    expect(partitionOf('foobar', 2 ** 31)).toBe(-790332482 & 0x7fffffff);
  });
});

describe('the segments that are held', () => {
  it('stand where the last of them stands', () => {
    expect(lowestPosition(held(5n, 3n, 4n))).toBe(3n);
    expect(lowestPosition(held(5n, undefined, 4n))).toBeUndefined();
    expect(lowestPosition(held(undefined, 2n))).toBeUndefined();
  });

  it('take what is theirs, and none of it twice', () => {
    const [one, other] = ['1', '2', '3', '4', '5']
      .map((n) => derivedId('customer', n))
      .filter(
        (id, at, all) => all.findIndex((first) => segmentOf(eventOf(first, 1n)) === segmentOf(eventOf(id, 1n))) === at,
      );
    const events = [eventOf(one, 1n), eventOf(other, 2n), eventOf(one, 3n)];
    const of = (id: string | undefined, position: Position) => ({
      segment: segmentOf(eventOf(id, 1n)),
      position,
      epoch: 1,
    });
    expect(unseen(events, [of(one, undefined)], SEGMENTS)).toEqual([events[0], events[2]]);
    expect(unseen(events, [of(one, 1n), of(other, undefined)], SEGMENTS)).toEqual([events[1], events[2]]);
    expect(unseen(events, [of(one, 3n), of(other, 2n)], SEGMENTS)).toEqual([]);
    expect(unseen(events, held(undefined), 1)).toEqual(events);
  });
});
