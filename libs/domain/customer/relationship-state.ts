import type { RelationshipLevel } from '#contracts/codes.js';
import { type Course } from './course.js';

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
