import type { Recorded } from '#contracts/envelope.js';
import { EVENT_PARTITIONS } from '#contracts/topics.js';
import { partitionOf } from './murmur2.js';
import type { Position } from './processor.js';

/** Into how many segments a projection by customer is split: a segment is a partition of the events topic. */
export const SEGMENTS = EVENT_PARTITIONS;

/** The segment of an event: its customer's, or that of its stream while the customer is unknown. */
export function segmentOf({ metadata, streamId }: Recorded): number {
  return segmentOfKey(metadata.customerId ?? streamId);
}

/** The segment of a customer, by its id. */
export function segmentOfKey(customerId: string): number {
  return partitionOf(customerId, SEGMENTS);
}

/** A segment that a worker holds: where it stands, and the right to move it. */
export interface HeldSegment {
  segment: number;
  position: Position;
  epoch: number;
}

/** Where the last of the segments stands; undefined: one of them is at the beginning. */
export function lowestPosition(held: readonly HeldSegment[]): Position {
  const [first, ...others] = held.map(({ position }) => position);
  return others.reduce((low, position) => (isBefore(low, position) ? low : position), first);
}

function isBefore(a: Position, b: Position): boolean {
  return a === undefined || (b !== undefined && a < b);
}

/**
 * Those events that belong to the segments held and lie beyond where each stands.
 * @param events beyond where the last of them stands.
 * @param of how many segments there are.
 */
export function unseen<Event extends Recorded>(
  events: readonly Event[],
  held: readonly HeldSegment[],
  of: number,
): readonly Event[] {
  const lowest = lowestPosition(held);
  // As it nearly always is: one worker holds all of them, and they stand together.
  if (held.length === of && held.every(({ position }) => position === lowest)) return events;
  const positions = new Map(held.map(({ segment, position }) => [segment, position ?? -1n]));
  return events.filter((event) => {
    const position = positions.get(of === 1 ? 0 : segmentOf(event));
    return position !== undefined && event.position > position;
  });
}
