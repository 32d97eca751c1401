import { idInStream } from '#contracts/events.js';
import { STATE_TOPICS } from '#contracts/states.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { MergedCustomer } from './merge-group.table.js';

/** A merge is in force from the moment that the absorbed customer took it until that customer is free again. */
export const mergeGroup: Projection<MergedCustomer> = {
  name: 'merge_group',
  version: 1,
  table: MergedCustomer,
  states: {
    topics: STATE_TOPICS,
    // Who is absorbed has no state any more, and the survivor's tells of both; and the other way round.
    changed: (before, after) =>
      [before, after].flatMap((row) =>
        STATE_TOPICS.flatMap((topic) =>
          row ? [row.customerId, row.survivorId].map((customerId) => ({ topic, customerId })) : [],
        ),
      ),
  },
  key: (event) => {
    if (event.type === 'CustomerAbsorbed') return event.data.absorbedId;
    return isRelease(event) ? event.data.absorbedId : undefined;
  },
  evolve: (row, event) => {
    if (event.type === 'CustomerAbsorbed') {
      const { absorbedId, survivorId, mergeId } = event.data;
      return { customerId: absorbedId, survivorId, mergeId, mergedAt: event.metadata.occurredAt };
    }
    // The undoing of a merge that never arrived leaves another one in force.
    return isRelease(event) && row?.mergeId === event.data.mergeId ? undefined : row;
  },
};

type Unmerged = RecordedEvent & Extract<RecordedEvent, { type: 'CustomersUnmerged' }>;

/** The same event stands on both streams: this is the absorbed customer's. */
function isRelease(event: RecordedEvent): event is Unmerged {
  return event.type === 'CustomersUnmerged' && idInStream(event.streamId) === event.data.absorbedId;
}
