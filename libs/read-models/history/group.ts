import type { RecordedEvent } from '#processing/projection.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import type { MergedCustomer } from '../merge-group/merge-group.table.js';

/** Who is one with a customer. */
export interface Group {
  /** The customer itself, unless it lives on in another. */
  survivorId: string;
  /** In the order of their ids. */
  absorbedIds: string[];
}

/**
 * Who was one with a customer, as it was known: the fold of the view of merges.
 * @param events of the customer and of all with whom it may have been one.
 */
export function groupIn({ customerId, events }: { customerId: string; events: RecordedEvent[] }): Group {
  const merged = new Map<string, MergedCustomer>();
  for (const event of events) {
    const absorbedId = mergeGroup.key(event);
    if (absorbedId === undefined) continue;
    const row = mergeGroup.evolve(merged.get(absorbedId), event);
    if (row) merged.set(absorbedId, row);
    else merged.delete(absorbedId);
  }
  const survivorId = merged.get(customerId)?.survivorId ?? customerId;
  const absorbed = [...merged.values()].filter((row) => row.survivorId === survivorId);
  return { survivorId, absorbedIds: absorbed.map((row) => row.customerId).sort() };
}
