import type { ToCustomer } from '#commands/handlers/customer.handler.js';
import type { AssessRisk } from '#commands/handlers/retention.handler.js';
import { derivedId } from '#contracts/ids.js';
import { defaultRetentionRules, defaultRetentionRulesPublished } from '#domain/retention/rules.js';
import { type ReviewedCustomer, reviewOf } from './silence.js';

const LAST = '2026-01-01T00:00:00.000Z';
/** One purchase: inactive after twice the usual 90 days. */
const row: ReviewedCustomer = {
  customerId: derivedId('customer', '1'),
  purchases: 1,
  firstPurchaseAt: LAST,
  lastPurchaseAt: LAST,
  lastPurchaseId: derivedId('purchase', '1'),
  lastPurchaseEventId: derivedId('event', '1'),
  lastPurchaseCorrelationId: derivedId('correlation', '1'),
  silentSince: LAST,
  inactiveSince: null,
  cancelled: 0,
};
const INACTIVE_FROM = '2026-06-30T00:00:00.000Z';
const LATER = '2026-08-01T00:00:00.000Z';
const rules = defaultRetentionRulesPublished;
const lapsing = { ...rules, document: { ...defaultRetentionRules, churnedAfterRhythms: 4 } };
const CHURNED_FROM = '2026-12-27T00:00:00.000Z';
const lastPurchase = { about: 'purchase', id: row.lastPurchaseId, occurredAt: LAST };

describe('the review of a customer', () => {
  it('says that they are silent from the instant on at which it has lasted too long', () => {
    expect(reviewOf(row, rules, '2026-06-29T23:59:59.999Z')).toBeUndefined();
    const said = reviewOf(row, rules, INACTIVE_FROM) as AssessRisk;
    const { lastPurchaseEventId: eventId } = row;
    expect(said).toMatchObject({
      customerId: row.customerId,
      signs: [{ sign: 'silent', eventId, occurredAt: INACTIVE_FROM, lastPurchase }],
      meta: {
        occurredAt: INACTIVE_FROM,
        causationId: eventId,
        correlationId: row.lastPurchaseCorrelationId,
        decidedBy: { policy: 'review_silence', rulesVersion: 1 },
      },
    });
  });
  it('says the same whenever it looks', () => {
    expect(reviewOf(row, rules, LATER)).toEqual(reviewOf(row, rules, INACTIVE_FROM));
  });
  it('says it once more when the purchase that ended it was cancelled', () => {
    const said = reviewOf(row, rules, INACTIVE_FROM) as AssessRisk;
    const again = reviewOf({ ...row, cancelled: 1 }, rules, INACTIVE_FROM) as AssessRisk;
    expect(again.signs).toEqual(said.signs);
    expect(again.meta.commandId).not.toBe(said.meta.commandId);
  });
  it('says nothing when that has been said', () => {
    expect(reviewOf({ ...row, inactiveSince: LAST }, rules, LATER)).toBeUndefined();
  });
  it('says nothing of a silence that is older than the present', () => {
    expect(reviewOf(row, rules, '2027-06-30T23:59:59.999Z')).toBeDefined();
    expect(reviewOf(row, rules, '2027-07-01T00:00:00.000Z')).toBeUndefined();
  });
  it('says that they were heard of when they have bought since', () => {
    const bought = { ...row, inactiveSince: '2025-01-01T00:00:00.000Z' };
    expect(reviewOf(bought, rules, '2026-01-02T00:00:00.000Z')).toMatchObject({
      signs: [{ sign: 'heard', occurredAt: LAST, lastPurchase }],
    });
  });
  it('says that they are silent again when they bought since and are', () => {
    const bought = { ...row, inactiveSince: '2025-01-01T00:00:00.000Z' };
    expect(reviewOf(bought, rules, LATER)).toMatchObject({ signs: [{ sign: 'silent', lastPurchase }] });
  });

  it('says that they have churned where the rules tell when, once they count as inactive', () => {
    const inactive = { ...row, inactiveSince: LAST };
    expect(reviewOf(inactive, lapsing, '2026-12-26T23:59:59.999Z')).toBeUndefined();
    expect(reviewOf(inactive, lapsing, CHURNED_FROM) as ToCustomer).toMatchObject({
      customerId: row.customerId,
      command: { type: 'ChurnCustomer', how: 'inactive' },
      meta: { occurredAt: CHURNED_FROM },
    });
    expect(reviewOf(inactive, rules, CHURNED_FROM)).toBeUndefined();
    expect(reviewOf(row, lapsing, CHURNED_FROM)).toMatchObject({ signs: [{ sign: 'silent' }] });
    expect(reviewOf(inactive, lapsing, '2027-12-28T00:00:00.000Z')).toBeUndefined();
  });
});
