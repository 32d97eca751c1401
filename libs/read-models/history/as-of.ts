import { isBusinessDay } from '#contracts/fields.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { dayIn } from '#domain/calendar.js';
import { versionOn } from '#domain/loyalty/rules.js';
import { emptyLedger } from '#domain/loyalty/state.js';
import type { Projection, RecordedEvent } from '#processing/projection.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { answerOf, type Customer360Answer } from '../customer-360/customer-360.query.js';
import { instantInRow } from '../customer-360/row-change.js';
import { loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';
import { type LoyaltyOnDay, loyaltyOn } from '../loyalty-level/loyalty-on-day.js';
import { throughInstant } from './moment.js';

/** Everything that had been recorded about one customer by a moment. */
export interface Past {
  customerId: string;
  /** In the order in which they were recorded. */
  events: RecordedEvent[];
  /** The loyalty rules that had been published. */
  rules: RulesPublished<'loyalty'>[];
}

/**
 * The 360° view as it would have been: the same fold as that of the view, over what had been recorded and, where
 * `effectiveAt` says so, had happened.
 * @param date the day on which it is judged.
 * @returns undefined where the customer was not known then.
 */
export function customer360In(
  past: Past,
  effectiveAt: string | undefined,
  date: string,
): Customer360Answer | undefined {
  const row = folded(customer360, past.events, happenedBy(effectiveAt));
  return row && answerOf(row, ledgerIn(past, effectiveAt), past.rules, date);
}

/** Points and loyalty level as they would have been told on a day; of a day before there were any, none and the lowest. */
export function loyaltyIn(past: Past, effectiveAt: string | undefined, date: string): LoyaltyOnDay {
  return loyaltyOn(past.customerId, ledgerIn(past, effectiveAt), past.rules, date);
}

function ledgerIn({ events, rules }: Past, effectiveAt: string | undefined) {
  return folded(loyaltyLevel, events, happenedBy(effectiveAt, rules))?.ledger ?? emptyLedger;
}

/** All of them are one customer's: whatever is none of a projection's business leaves its row as it is. */
function folded<Row extends object>(
  projection: Projection<Row>,
  events: RecordedEvent[],
  counts: (event: RecordedEvent) => boolean,
): Row | undefined {
  let row: Row | undefined;
  for (const event of events) {
    if (counts(event)) row = projection.evolve(row, event);
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
