import type { Command } from '@nestjs/cqrs';
import type { Outcome } from '#commands/command-ledger.js';
import type { CommandMeta } from '#commands/command-meta.js';
import { ToCustomer } from '#commands/handlers/customer.handler.js';
import { AssessRisk } from '#commands/handlers/retention.handler.js';
import { derivedId } from '#contracts/ids.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays, compareInstants } from '#domain/calendar.js';
import { isGiven } from '#domain/deciding.js';
import { type Rhythm, silentFrom } from '#domain/retention/rhythm.js';
import type { ReviewSign } from '#domain/retention/signs.js';

/** A customer's rhythm, and what has been said of their silence. */
export interface ReviewedCustomer extends Rhythm {
  customerId: string;
  lastPurchaseId: string;
  lastPurchaseEventId: string;
  lastPurchaseCorrelationId: string;
  /** Of an inactivity that has been assessed: when the purchase was that it rests on. */
  inactiveSince: string | null;
  /** How many purchases were cancelled. */
  cancelled: number;
}

const POLICY = 'review_silence';

/**
 * What is to be said of a customer by an instant, by the published rules; nothing where it has been said. Pure: the same
 * row and the same instant, the same command. It happened when the silence had lasted so long.
 */
export function reviewOf(
  row: ReviewedCustomer,
  { document, version }: RulesPublished<'retention'>,
  by: string,
): Command<Outcome> | undefined {
  const { inactiveAfterRhythms, churnedAfterRhythms, presentDays } = document;
  const inactiveFrom = silentFrom(row, inactiveAfterRhythms, document);
  const isOver = (instant: string) => compareInstants(instant, by) <= 0;
  const isPresent = (instant: string) => instant.slice(0, 10) >= addDays(by.slice(0, 10), -presentDays);
  if (row.inactiveSince === row.lastPurchaseAt) {
    if (!isGiven(churnedAfterRhythms)) return undefined;
    const churnedFrom = silentFrom(row, churnedAfterRhythms, document);
    if (!isOver(churnedFrom) || !isPresent(churnedFrom)) return undefined;
    const meta = metaOf(row, 'churned', churnedFrom, version);
    return new ToCustomer(row.customerId, { type: 'ChurnCustomer', how: 'inactive' }, meta);
  }
  if (isOver(inactiveFrom)) return isPresent(inactiveFrom) ? assess(row, 'silent', inactiveFrom, version) : undefined;
  return row.inactiveSince === null ? undefined : assess(row, 'heard', row.lastPurchaseAt, version);
}

function assess(
  row: ReviewedCustomer,
  sign: ReviewSign['sign'],
  occurredAt: string,
  rulesVersion: number,
): Command<Outcome> {
  const { customerId, lastPurchaseId, lastPurchaseEventId, lastPurchaseAt } = row;
  const lastPurchase = { about: 'purchase', id: lastPurchaseId, occurredAt: lastPurchaseAt };
  const signs = [{ sign, eventId: lastPurchaseEventId, occurredAt, lastPurchase }];
  return new AssessRisk(customerId, signs, metaOf(row, sign, occurredAt, rulesVersion));
}

function metaOf(row: ReviewedCustomer, what: string, occurredAt: string, rulesVersion: number): CommandMeta {
  const { customerId, lastPurchaseEventId, lastPurchaseCorrelationId, cancelled } = row;
  // A silence that a purchase ended begins again when that purchase is cancelled: it is told once more.
  const again = cancelled === 0 ? [] : [String(cancelled)];
  const commandId = derivedId('review', what, customerId, lastPurchaseEventId, occurredAt, ...again);
  return {
    commandId,
    actor: { id: POLICY, kind: 'policy' },
    occurredAt,
    correlationId: lastPurchaseCorrelationId,
    causationId: lastPurchaseEventId,
    decidedBy: { policy: POLICY, rulesVersion },
  };
}
