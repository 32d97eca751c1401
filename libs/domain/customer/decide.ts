import { type DecisionContext, unreachable } from '../decider.js';
import { requireNotAfterBusinessDate } from '../deciding.js';
import { acquire, acquireProspect, claim, disqualify, identify, link, qualify } from './acquiring.js';
import type { CustomerCommand } from './commands.js';
import { grantConsent, withdrawConsent } from './consents.js';
import { addContactPoint, removeContactPoint, verifyContactPoint } from './contact-points.js';
import { erase } from './erasing.js';
import { acquired, type Decision, known } from './known.js';
import { absorb, dismissDuplicate, merge, release, requireOwnProfile, unmerge } from './merging.js';
import { meetNeed, recordNeed, withdrawNeed } from './needs.js';
import { linkParty, unlinkParty } from './parties.js';
import { updateProfile } from './profile.js';
import { breakPromise, keepPromise, makePromise } from './promises.js';
import { assessPotential, assignOwner, assignRelationshipLevel } from './relationship.js';
import { acceptOffer, assessRisk, churn, declineOffer, makeOffer, retain, winBack } from './retention.js';
import { assessByRules } from './risk-by-rules.js';
import type { CustomerState } from './state.js';

/** The rules of a `customer-{id}` stream. */
export function decide(command: CustomerCommand, state: CustomerState, context: DecisionContext): Decision {
  requireNotAfterBusinessDate(context);
  requireOwnProfile(command, state);
  switch (command.type) {
    case 'IdentifyProspect':
      return identify(command, state, context);
    case 'QualifyProspect':
      return qualify(command, known(state), context);
    case 'DisqualifyProspect':
      return disqualify(command, known(state), context);
    case 'AcquireCustomer':
      return acquire(command, state, context);
    case 'AcquireProspect':
      return acquireProspect(command, known(state), context);
    case 'ClaimExternalIdentity':
      return claim(command, state, context);
    case 'LinkExternalIdentity':
      return link(command, known(state), context);
    case 'UpdateProfile':
      return updateProfile(command, known(state), context);
    case 'AddContactPoint':
      return addContactPoint(command, known(state), context);
    case 'VerifyContactPoint':
      return verifyContactPoint(command, known(state), context);
    case 'RemoveContactPoint':
      return removeContactPoint(command, known(state), context);
    case 'LinkParty':
      return linkParty(command, known(state), context);
    case 'UnlinkParty':
      return unlinkParty(command, known(state), context);
    case 'GrantConsent':
      return grantConsent(command, known(state), context);
    case 'WithdrawConsent':
      return withdrawConsent(command, known(state), context);
    case 'RecordNeed':
      return recordNeed(command, known(state), context);
    case 'MeetNeed':
      return meetNeed(command, known(state), context);
    case 'WithdrawNeed':
      return withdrawNeed(command, known(state), context);
    case 'MakePromise':
      return makePromise(command, known(state), context);
    case 'KeepPromise':
      return keepPromise(command, known(state), context);
    case 'BreakPromise':
      return breakPromise(command, known(state), context);
    case 'AssignOwner':
      return assignOwner(command, known(state), context);
    case 'AssignRelationshipLevel':
      return assignRelationshipLevel(command, known(state), context);
    case 'AssessPotential':
      return assessPotential(command, known(state), context);
    case 'AssessChurnRisk':
      return assessRisk(command, acquired(state), context);
    case 'AssessRiskByRules':
      return assessByRules(command, known(state), context);
    case 'MakeRetentionOffer':
      return makeOffer(command, acquired(state), context);
    case 'AcceptRetentionOffer':
      return acceptOffer(command, acquired(state), context);
    case 'DeclineRetentionOffer':
      return declineOffer(command, acquired(state), context);
    case 'RetainCustomer':
      return retain(command, acquired(state), context);
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
    case 'ChurnCustomer':
      return churn(command, acquired(state), context);
    case 'WinBackCustomer':
      return winBack(command, acquired(state), context);
    case 'EraseCustomer':
      return erase(command, known(state), context);
    default:
      return unreachable(command);
  }
}
