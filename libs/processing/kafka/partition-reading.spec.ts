import type { KafkaMessage } from 'kafkajs';
import { asReceived } from '#testing/published-events.js';
import { recorded } from '#testing/recorded.js';
import { toCloudEvent } from './cloud-event.js';
import { PartitionReading } from './partition-reading.js';

/** The record at an offset, of the event at ten times as much. */
function at(offset: number, position = BigInt(10 * offset)): KafkaMessage {
  return asReceived(toCloudEvent(recorded({ position })), String(offset));
}

/** How far the publisher is, and where it stood the partition ended. */
const told = (position: bigint, end: bigint) => ({ position, ends: [end], personal: [] });
const positions = (reading: PartitionReading, through: bigint) => reading.upTo(through).map(({ position }) => position);

describe('a partition as it is read', () => {
  it('gives what comes after the position that was asked for, up to one', () => {
    const reading = new PartitionReading(0, 20n, 2n);
    expect(reading.take([at(2), at(3), at(4)], 5n)).toBe(true);
    expect(reading.next).toBe(6n);
    expect(reading.seen).toBe(40n);
    expect(positions(reading, 39n)).toEqual([30n]);
    expect(positions(reading, 40n)).toEqual([40n]);
  });

  it('was begun too late where the first record lies beyond the position: something may be missing', () => {
    const reading = new PartitionReading(0, 20n, 3n);
    expect(reading.take([at(3)], 3n)).toBe(false);
    expect(reading.seen).toBe(20n);
    reading.restart(1n);
    expect(reading.take([at(1), at(2), at(3)], 3n)).toBe(true);
    expect(positions(reading, 100n)).toEqual([30n]);
  });

  it('is silent up to where the publisher stands when it has been read to where it ended then', () => {
    const reading = new PartitionReading(0, undefined, 0n);
    expect(reading.reached(told(90n, 2n))).toBe(true);
    expect(reading.seen).toBeUndefined();
    reading.take([at(0), at(1)], 1n);
    expect(reading.reached(told(90n, 2n))).toBe(true);
    expect(reading.seen).toBe(90n);
    reading.reached(told(80n, 2n));
    expect(reading.seen).toBe(90n);
  });

  it('has shown nothing at its end when all that was read is hidden', () => {
    const reading = new PartitionReading(0, 20n, 3n);
    reading.pass(4n);
    expect(reading.reached(told(90n, 5n))).toBe(false);
    expect(reading.seen).toBe(20n);
  });

  it('gives nothing twice, whether a record comes again or an event was published again', () => {
    const reading = new PartitionReading(0, undefined, 0n);
    reading.take([at(0), at(1)], 1n);
    reading.take([at(1), at(2)], 2n);
    reading.take([at(3, 0n), at(4, 10n), at(5, 20n), at(6, 30n)], 6n);
    expect(positions(reading, 100n)).toEqual([0n, 10n, 20n, 30n]);
  });

  it('knows a gap', () => {
    const reading = new PartitionReading(0, undefined, 0n);
    reading.take([at(0)], 1n);
    expect(reading.skips(2n)).toBe(false);
    expect(reading.skips(3n)).toBe(true);
  });

  it('tells of a record to begin with next time when it is stored, and not before', () => {
    const reading = new PartitionReading(0, undefined, 0n);
    reading.take([at(1), at(2)], 2n);
    reading.upTo(20n);
    expect(reading.storedPlace(5n)).toBeUndefined();
    expect(reading.storedPlace(19n)).toBeUndefined();
    expect(reading.storedPlace(20n)).toBe(2n);
    expect(reading.storedPlace(20n)).toBeUndefined();
  });
});
