import type { RelationshipLevel } from '#contracts/codes.js';
import type { CustomerEvent } from '#contracts/events.js';
import { type Happened, unreachable } from '../decider.js';
import { type Course, withEnded, withOpen } from './course.js';
import type { CustomerState } from './state.js';

/** What the rules of needs, promises, owner and relationship level need to know. */
export interface RelationshipState {
  /** Each is recorded once, for ever. */
  needs: Course<'met' | 'withdrawn'>;
  /** Each is made once, for ever. */
  promises: Course<'kept' | 'broken'>;
  ownerId?: string;
  relationshipLevel?: RelationshipLevel;
}

export const noRelationship: RelationshipState = {
  needs: { open: [], met: [], withdrawn: [] },
  promises: { open: [], kept: [], broken: [] },
};

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
      return { ...state, needs: withOpen(state.needs, event.data.needId) };
    case 'NeedMet':
      return { ...state, needs: withEnded(state.needs, event.data.needId, 'met') };
    case 'NeedWithdrawn':
      return { ...state, needs: withEnded(state.needs, event.data.needId, 'withdrawn') };
    case 'PromiseMade':
      return { ...state, promises: withOpen(state.promises, event.data.promiseId) };
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
