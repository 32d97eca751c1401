import type { DecisionContext } from '../decider.js';
import { ensure, happened } from '../deciding.js';
import type { CustomerCommand } from './commands.js';
import { requireNotErased } from './erasing.js';
import type { Decision } from './known.js';
import type {
  AbsorbCustomer,
  DismissDuplicate,
  MergeCustomers,
  ReleaseCustomer,
  UnmergeCustomers,
} from './merging-commands.js';
import type { CustomerState } from './state.js';

/**
 * What says who a customer is and how to reach them. Everything else is a fact that may still arrive for an absorbed
 * customer, the taking back of a consent not least.
 */
const CHANGES_OF_PROFILE: ReadonlySet<CustomerCommand['type']> = new Set([
  'LinkExternalIdentity',
  'UpdateProfile',
  'AddContactPoint',
  'VerifyContactPoint',
  'RemoveContactPoint',
  'LinkParty',
  'UnlinkParty',
]);

/** An absorbed customer has no profile of its own to change: the survivor's counts. */
export function requireOwnProfile({ type }: CustomerCommand, { absorbedBy }: CustomerState): void {
  ensure(
    absorbedBy === undefined || !CHANGES_OF_PROFILE.has(type),
    'conflict',
    'customer-absorbed',
    `This customer was merged into ${absorbedBy?.survivorId}: change the profile there.`,
  );
}

/** The rule by which a customer refuses a merge that was undone before. */
export const MERGE_UNDONE = 'merge-undone';

/** The survivor, first: it must be nobody's absorbed customer. */
export function merge({ type, ...data }: MergeCustomers, state: CustomerState, context: DecisionContext): Decision {
  const { mergeId, survivorId, absorbedId } = data;
  ensure(
    survivorId !== absorbedId,
    'invalid',
    'merge-with-another',
    'A customer cannot be merged with itself: name another one.',
    'absorbedId',
  );
  if (state.absorbs[mergeId] === absorbedId) return [];
  requireNew(mergeId, state);
  requireNotErased(state.erased);
  ensure(
    state.absorbedBy === undefined,
    'conflict',
    'customer-absorbed',
    `This customer was merged into ${state.absorbedBy?.survivorId}: merge the other one into that.`,
  );
  ensure(
    !Object.values(state.absorbs).includes(absorbedId),
    'conflict',
    'customers-merged-once',
    `Customer ${absorbedId} has already been merged into this one.`,
    'absorbedId',
  );
  return [happened('CustomersMerged', data, context)];
}

/** The other, second: it must absorb nobody and be nobody's, so that a merged customer is one step from its survivor. */
export function absorb({ type, ...data }: AbsorbCustomer, state: CustomerState, context: DecisionContext): Decision {
  const { mergeId } = data;
  if (state.absorbedBy?.mergeId === mergeId) return [];
  requireNew(mergeId, state);
  requireNotErased(state.erased, 'absorbedId');
  ensure(
    state.absorbedBy === undefined,
    'conflict',
    'customer-absorbed',
    `That customer was merged into ${state.absorbedBy?.survivorId}: merge that one, or unmerge them first.`,
    'absorbedId',
  );
  const absorbed = Object.values(state.absorbs);
  ensure(
    absorbed.length === 0,
    'conflict',
    'absorbed-absorbs-nobody',
    `That customer has absorbed ${absorbed.join(', ')}: merge the other way round, or unmerge them first.`,
    'absorbedId',
  );
  return [happened('CustomerAbsorbed', data, context)];
}

/** The survivor, first. What is undone already stays so. */
export function unmerge({ type, ...data }: UnmergeCustomers, state: CustomerState, context: DecisionContext): Decision {
  if (state.undone[data.mergeId]) return [];
  ensure(
    state.absorbs[data.mergeId] === data.absorbedId,
    'not-found',
    'merge-not-found',
    `Customer ${data.absorbedId} is not merged into this one.`,
    'absorbedId',
  );
  return [happened('CustomersUnmerged', data, context)];
}

/**
 * The other, second. One that the merge has not reached yet records it all the same: a half merge that is still on its
 * way must not arrive after its undoing.
 */
export function release({ type, ...data }: ReleaseCustomer, state: CustomerState, context: DecisionContext): Decision {
  return state.undone[data.mergeId] ? [] : [happened('CustomersUnmerged', data, context)];
}

/** The two are not one, however alike. */
export function dismissDuplicate(
  { type, ...data }: DismissDuplicate,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  return state.dismissed.includes(data.otherCustomerId) ? [] : [happened('DuplicateDismissed', data, context)];
}

/** A merge is guarded for ever by its id: what was undone is not done again by a command that comes late. */
function requireNew(mergeId: string, { undone }: CustomerState): void {
  const before = undone[mergeId];
  ensure(
    !before?.held,
    'conflict',
    MERGE_UNDONE,
    `Merge ${mergeId} was undone: merge the customers anew, under another Idempotency-Key.`,
  );
  ensure(
    before === undefined,
    'conflict',
    'merge-refused',
    `Merge ${mergeId} was refused and undone: merge the customers anew, under another Idempotency-Key.`,
  );
}
