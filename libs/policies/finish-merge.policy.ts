import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { ToPair } from '#commands/handlers/pair.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import { idInStream, type RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { Policy } from './policy.js';

/**
 * A merge, and its undoing, are two appends; a crash in between leaves half of it. The first half brings about the
 * second, unless it is there already: a merge happens once under its id, for ever. So it can begin at the beginning.
 */
export const finishMerge: Policy = {
  name: 'finish_merge',
  startAt: 'beginning',
  react: (events) => {
    const undone = new Set(events.flatMap((event) => (event.type === 'CustomersUnmerged' ? event.data.mergeId : [])));
    return events.flatMap((event): ReturnType<Policy['react']> => {
      if (event.type === 'CustomersMerged') {
        const { survivorId, absorbedId, mergeId, evidence } = event.data;
        // Nothing to finish: its undoing follows in this very batch.
        if (undone.has(mergeId)) return [];
        return [new ToPair(survivorId, absorbedId, { type: 'Merge', mergeId, evidence }, metaOf(event))];
      }
      if (event.type === 'CustomersUnmerged' && idInStream(event.streamId) === event.data.survivorId) {
        return [new ToCustomer(event.data.absorbedId, { type: 'ReleaseCustomer', ...event.data }, metaOf(event))];
      }
      return [];
    });
  },
};

/** It finishes what somebody did: the second half names them as the first does. */
function metaOf({ eventId, metadata }: Recorded<RapportEvent>) {
  const { actor, occurredAt, reason, correlationId } = metadata;
  return {
    commandId: derivedId('policy', finishMerge.name, eventId),
    actor,
    occurredAt,
    reason,
    correlationId,
    causationId: eventId,
    decidedBy: { policy: finishMerge.name },
  };
}
