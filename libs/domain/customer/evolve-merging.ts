import type { CustomerEvent } from '#contracts/events.js';
import type { CustomersUnmerged } from '#contracts/merge.events.js';
import { type Happened, unreachable } from '../decider.js';
import type { CustomerState } from './state.js';

export type MergingEvent = Extract<
  CustomerEvent,
  { type: 'CustomersMerged' | 'CustomerAbsorbed' | 'CustomersUnmerged' | 'DuplicateDismissed' }
>;

/** The state after an event of merging. */
export function evolveMerging(state: CustomerState, event: Happened<MergingEvent>): CustomerState {
  switch (event.type) {
    case 'CustomersMerged':
      return { ...state, absorbs: { ...state.absorbs, [event.data.mergeId]: event.data.absorbedId } };
    case 'CustomerAbsorbed': {
      const { mergeId, survivorId } = event.data;
      return { ...state, absorbedBy: { mergeId, survivorId } };
    }
    case 'CustomersUnmerged':
      return unmerged(state, event.data);
    case 'DuplicateDismissed':
      return { ...state, dismissed: [...state.dismissed, event.data.otherCustomerId] };
    default:
      return unreachable(event);
  }
}

/** The same event stands on both streams: whichever side this is, the merge is over. */
function unmerged({ absorbedBy, ...state }: CustomerState, { mergeId, absorbedId }: CustomersUnmerged): CustomerState {
  const { [mergeId]: absorbed, ...absorbs } = state.absorbs;
  const wasAbsorbed = absorbedBy?.mergeId === mergeId;
  const undone = { ...state.undone, [mergeId]: { absorbedId, held: absorbed !== undefined || wasAbsorbed } };
  return { ...state, ...(absorbedBy && !wasAbsorbed && { absorbedBy }), absorbs, undone };
}
