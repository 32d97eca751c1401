import type { LoyaltyEvent } from '#contracts/events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import type { Decided, DecisionContext } from '../decider.js';
import { ensure } from '../deciding.js';
import { nextExpiryAfter } from './balance.js';
import { departureOf } from './departure.js';
import { evolve } from './evolve.js';
import { versionAt } from './rules.js';
import { type LoyaltyLedger } from './state.js';

export type Decision = Decided<LoyaltyEvent>[];

/** The rule by which a ledger whose points went to another customer's refuses what concerns them. */
export const LEDGER_MOVED = 'loyalty-ledger-moved';

/**
 * @param mergeId of what comes to this ledger because of a merge.
 * @throws RuleViolation naming the customer whose ledger goes on with the points.
 */
export function requireNotMoved(ledger: LoyaltyLedger, mergeId?: string): void {
  const departure = departureOf(ledger, mergeId);
  ensure(
    departure === undefined,
    'conflict',
    LEDGER_MOVED,
    departure?.undoes === undefined
      ? `The customer was merged: the points are with customer ${departure?.toCustomerId}. Send it there.`
      : `The merge was undone: the points are with customer ${departure.toCustomerId} again. Send it there.`,
  );
}

/** The day of the command's facts, in the rules' time zone. */
export function dayOfCommand(rules: RulesPublished<'loyalty'>[], { occurredAt }: DecisionContext): string {
  return versionAt(rules, occurredAt).day;
}

/** The ledger after an event that has been decided on. */
export function after(ledger: LoyaltyLedger, event: Decided<LoyaltyEvent>): LoyaltyLedger {
  return evolve(ledger, { ...event, eventId: '' });
}

/** The event with the next expiry that it leaves: what a timer waits for. */
export function withNextExpiry<Event extends Decided<LoyaltyEvent>>(
  event: Event,
  ledger: LoyaltyLedger,
  { businessDate }: DecisionContext,
): Event {
  const nextExpiresOn = nextExpiryAfter(after(ledger, event), businessDate);
  return nextExpiresOn === undefined ? event : { ...event, data: { ...event.data, nextExpiresOn } };
}

/** The ledger begins with its first use. */
export function enrolment(customerId: string, ledger: LoyaltyLedger, { occurredAt }: DecisionContext): Decision {
  return ledger.customerId === undefined ? [{ type: 'LoyaltyEnrolled', data: { customerId }, occurredAt }] : [];
}
