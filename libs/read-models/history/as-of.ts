import { isBusinessDay } from '#contracts/fields.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { dayIn } from '#domain/calendar.js';
import { versionOn } from '#domain/loyalty/rules.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';
import type { RecordedEvent } from '#processing/projection.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { type Customer360Answer, mergedAnswerOf } from '../customer-360/customer-360.query.js';
import type { Customer360 } from '../customer-360/customer-360.table.js';
import { instantInRow } from '../customer-360/row-change.js';
import { ledgerAfter, loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';
import { type LoyaltyOnDay, loyaltyOn } from '../loyalty-level/loyalty-on-day.js';
import { alwaysAttributed } from './attributed.js';
import { type Group, groupIn } from './group.js';
import { ledgerEventsOfOne } from './ledger-of-one.js';
import { throughInstant } from './moment.js';

/** Everything that had been recorded about one customer by a moment. */
export interface Past {
  /** Who is asked for; it may have lived on in another. */
  customerId: string;
  /**
   * Its own and those of all with whom it may have been one, in the order in which they were recorded; with those that
   * name nobody, of streams that were attributed to one of them later.
   */
  events: RecordedEvent[];
  /** The loyalty rules that had been published. */
  rules: RulesPublished<'loyalty'>[];
}

/**
 * The 360° view as it would have been: the same fold as that of the view, over what had been recorded and, where
 * `effectiveAt` says so, had happened. Who lived on in whom, and whose a complaint or an
 * interaction was, counts as it was known: they had always been one, and it had always been theirs.
 * @param date the day on which it is judged.
 * @returns undefined where the customer was not known then.
 */
export function customer360In(
  past: Past,
  effectiveAt: string | undefined,
  date: string,
): Customer360Answer | undefined {
  const group = groupIn(past);
  const { survivorId, absorbedIds } = group;
  const counts = happenedBy(effectiveAt);
  const events = effectiveAt === undefined ? past.events : alwaysAttributed(past.events);
  // Who survives may have come later than those whom it absorbed.
  const rows = [survivorId, ...absorbedIds].flatMap((id) => rowIn(events, id, counts) ?? []);
  if (rows.length === 0) return undefined;
  const ledger = ledgerIn(past, group, effectiveAt);
  return mergedAnswerOf({ own: past.customerId, survivorId }, rows, ledger, past.rules, date);
}

/** Points and loyalty level as they would have been told on a day; of a day before there were any, none and the lowest. */
export function loyaltyIn(past: Past, effectiveAt: string | undefined, date: string): LoyaltyOnDay {
  const group = groupIn(past);
  return loyaltyOn(group.survivorId, ledgerIn(past, group, effectiveAt), past.rules, date);
}

/**
 * The survivor's ledger. Of what had happened by a moment it is one of all who are one, as if it had always been: what
 * moved from one of them to the other later was theirs before.
 */
function ledgerIn(
  { events, rules }: Past,
  { survivorId, absorbedIds }: Group,
  effectiveAt: string | undefined,
): LoyaltyLedger {
  const isAsOne = effectiveAt !== undefined && absorbedIds.length > 0;
  const all = isAsOne ? ledgerEventsOfOne(new Set([survivorId, ...absorbedIds]), survivorId, events) : events;
  const counts = happenedBy(effectiveAt, rules);
  return ledgerAfter(all.filter((event) => loyaltyLevel.key(event) === survivorId && counts(event)));
}

function rowIn(events: RecordedEvent[], customerId: string, counts: (event: RecordedEvent) => boolean) {
  let row: Customer360 | undefined;
  for (const event of events) {
    if (customer360.key(event) === customerId && counts(event)) row = customer360.evolve(row, event);
  }
  return row;
}

/** @param rules of the ledger, which tells days in their time zone; anything else tells them in UTC. */
function happenedBy(
  effectiveAt: string | undefined,
  rules: RulesPublished<'loyalty'>[] = [],
): (event: RecordedEvent) => boolean {
  if (effectiveAt === undefined) return () => true;
  if (rules.length > 0 && isBusinessDay(effectiveAt)) {
    const { timeZone } = versionOn(rules, effectiveAt).document;
    return ({ metadata }) => dayIn(timeZone, metadata.occurredAt) <= effectiveAt;
  }
  const through = throughInstant(effectiveAt);
  return ({ metadata }) => instantInRow(metadata.occurredAt) <= through;
}
