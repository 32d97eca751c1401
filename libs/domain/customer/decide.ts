import { type DecisionContext, unreachable } from '../decider.js';
import { requireNotAfterBusinessDate } from '../deciding.js';
import { acquire, claim, link } from './acquiring.js';
import type { CustomerCommand } from './commands.js';
import { type Decision, known } from './known.js';
import { absorb, dismissDuplicate, merge, release, requireOwnProfile, unmerge } from './merging.js';
import { acceptOffer, assessRisk, declineOffer, makeOffer, retain } from './retention.js';
import type { CustomerState } from './state.js';

/** The rules of a `customer-{id}` stream. */
export function decide(command: CustomerCommand, state: CustomerState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  requireOwnProfile(command, state);
  switch (command.type) {
    case 'AcquireCustomer':
      return acquire(command, state, context);
    case 'ClaimExternalIdentity':
      return claim(command, state, context);
    case 'LinkExternalIdentity':
      return link(command, known(state), context);
    case 'AssessChurnRisk':
      return assessRisk(command, known(state), context);
    case 'MakeRetentionOffer':
      return makeOffer(command, known(state), context);
    case 'AcceptRetentionOffer':
      return acceptOffer(command, known(state), context);
    case 'DeclineRetentionOffer':
      return declineOffer(command, known(state), context);
    case 'RetainCustomer':
      return retain(command, known(state), context);
    case 'MergeCustomers':
      return merge(command, known(state), context);
    case 'AbsorbCustomer':
      return absorb(command, known(state), context);
    case 'UnmergeCustomers':
      return unmerge(command, known(state), context);
    case 'ReleaseCustomer':
      return release(command, known(state), context);
    case 'DismissDuplicate':
      return dismissDuplicate(command, known(state), context);
    default:
      return unreachable(command);
  }
}
