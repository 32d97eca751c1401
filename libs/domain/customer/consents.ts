import type { ConsentBasis } from '#contracts/codes.js';
import type { DecisionContext } from '../decider.js';
import { ensure, happened, isGiven } from '../deciding.js';
import type { Decision } from './known.js';
import type { GrantConsent, WithdrawConsent } from './profile-commands.js';
import type { Consents } from './profile-state.js';
import type { CustomerState } from './state.js';

/** For what, and over which channel, the customer may be approached; what is granted already is nothing new. */
export function grantConsent(
  { type, ...data }: GrantConsent,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const known = state.consents[data.purpose] ?? {};
  const granted = isGiven(data.channel)
    ? standing(known, data.channel) === data.basis
    : known.everyChannel !== undefined && Object.values(known).every((basis) => basis === data.basis);
  return granted ? [] : [happened('ConsentGranted', data, context)];
}

/**
 * Ends what was granted, for one channel or for every one. An objection to what rests on a legitimate interest needs
 * no consent that it takes back. What was withdrawn already is nothing new.
 */
export function withdrawConsent(
  { type, ...data }: WithdrawConsent,
  state: CustomerState,
  context: DecisionContext,
): Decision {
  const known = state.consents[data.purpose] ?? {};
  const granted = isGiven(data.channel) ? standing(known, data.channel) : Object.values(known).find(isGiven);
  if (!isGiven(granted) && standing(known, data.channel ?? 'everyChannel') === null) return [];
  const basis: ConsentBasis | null | undefined = data.basis ?? granted;
  ensure(
    isGiven(basis) && (isGiven(granted) || basis === 'legitimateInterest'),
    'conflict',
    'consent-granted-before',
    'Nothing has been granted for this: there is nothing to withdraw. An objection names the basis legitimateInterest.',
    'purpose',
  );
  return [happened('ConsentWithdrawn', { ...data, basis }, context)];
}

/** What is said of a channel itself stands before what is said of every one. */
function standing(consents: Consents, channel: string): ConsentBasis | null | undefined {
  return consents[channel] === undefined ? consents.everyChannel : consents[channel];
}
