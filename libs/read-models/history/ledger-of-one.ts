import type { RecordedEvent } from '#processing/projection.js';
import { loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';

/**
 * What happened on the ledgers of customers who are one, as on the survivor's alone: what moved between two of them did
 * not move. A lot was earned on one of them only, and everything later names it.
 */
export function ledgerEventsOfOne(
  members: ReadonlySet<string>,
  survivorId: string,
  events: RecordedEvent[],
): RecordedEvent[] {
  return events.flatMap((event) => {
    const customerId = loyaltyLevel.key(event);
    if (customerId === undefined || !members.has(customerId) || isWithin(members, event)) return [];
    return { ...event, metadata: { ...event.metadata, customerId: survivorId } };
  });
}

function isWithin(members: ReadonlySet<string>, event: RecordedEvent): boolean {
  if (event.type === 'PointsTransferredOut') return members.has(event.data.toCustomerId);
  return event.type === 'PointsTransferredIn' && members.has(event.data.fromCustomerId);
}
