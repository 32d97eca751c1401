import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { ToPair } from '#commands/handlers/pair.handler.js';
import { idInStream } from '#contracts/events.js';
import { onBehalf } from './on-behalf.js';
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
        return [
          new ToPair(survivorId, absorbedId, { type: 'Merge', mergeId, evidence }, onBehalf(finishMerge.name, event)),
        ];
      }
      if (event.type === 'CustomersUnmerged' && idInStream(event.streamId) === event.data.survivorId) {
        return [
          new ToCustomer(
            event.data.absorbedId,
            { type: 'ReleaseCustomer', ...event.data },
            onBehalf(finishMerge.name, event),
          ),
        ];
      }
      return [];
    });
  },
};
