import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { withEnded, withOpen } from './course.js';
import type { CustomerState } from './state.js';

export type RelationshipEvent = Extract<
  CustomerEvent,
  {
    type:
      | 'NeedRecorded'
      | 'NeedMet'
      | 'NeedWithdrawn'
      | 'PromiseMade'
      | 'PromiseKept'
      | 'PromiseBroken'
      | 'OwnerAssigned'
      | 'RelationshipLevelAssigned'
      | 'PotentialAssessed';
  }
>;

/** The state after an event of the relationship. */
export function evolveRelationship(state: CustomerState, event: Happened<RelationshipEvent>): CustomerState {
  switch (event.type) {
    case 'NeedRecorded':
      return { ...state, needs: withOpen(state.needs, event.data.needId, event.occurredAt) };
    case 'NeedMet':
      return { ...state, needs: withEnded(state.needs, event.data.needId, 'met') };
    case 'NeedWithdrawn':
      return { ...state, needs: withEnded(state.needs, event.data.needId, 'withdrawn') };
    case 'PromiseMade':
      return { ...state, promises: withOpen(state.promises, event.data.promiseId, event.occurredAt) };
    case 'PromiseKept':
      return { ...state, promises: withEnded(state.promises, event.data.promiseId, 'kept') };
    case 'PromiseBroken':
      return { ...state, promises: withEnded(state.promises, event.data.promiseId, 'broken') };
    case 'OwnerAssigned':
      return { ...state, ownerId: event.data.ownerId };
    case 'RelationshipLevelAssigned':
      return { ...state, relationshipLevel: event.data.to };
    case 'PotentialAssessed':
      return state;
    default:
      return unreachable(event);
  }
}
