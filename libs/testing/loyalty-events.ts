import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays } from '#domain/calendar.js';
import { defaultLoyaltyRules } from '#domain/loyalty/rules.js';
import type { Given } from './decider-spec.js';

export const ANNA = derivedId('customer', 'anna');
export const BEN = derivedId('customer', 'ben');

export const enrolled: Given<LoyaltyEvent> = { type: 'LoyaltyEnrolled', data: { customerId: ANNA } };

export const lotOf = (name: string) => derivedId('lot', sourceOf(name));
export const sourceOf = (name: string) => derivedId('source', name);

/** Rules that differ from the default ones in this. */
export function loyaltyRules(change: Partial<LoyaltyRules> = {}): RulesPublished<'loyalty'>[] {
  return [{ name: 'loyalty', version: 1, validFrom: '1900-01-01', document: { ...defaultLoyaltyRules, ...change } }];
}

/** A lot of a purchase by the default rules: a point for a dollar, through the 365th day. */
export function earned(
  name: string,
  points: number,
  earnedOn: string,
  expiresOn = addDays(earnedOn, 366),
): Given<LoyaltyEvent> {
  return {
    type: 'PointsEarned',
    occurredAt: `${earnedOn}T10:00:00Z`,
    data: {
      lotId: lotOf(name),
      points,
      sourceEventId: sourceOf(name),
      earnedOn,
      expiresOn,
      rulesVersion: 1,
      breakdown: { amount: points * 100, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '1' },
    },
  };
}

export function redeemed(
  name: string,
  redeemedOn: string,
  ...from: [lot: string, points: number][]
): Given<LoyaltyEvent> {
  const allocations = from.map(([lot, points]) => ({ lotId: lotOf(lot), points }));
  const points = from.reduce((sum, [, each]) => sum + each, 0);
  return {
    type: 'PointsRedeemed',
    occurredAt: `${redeemedOn}T10:00:00Z`,
    data: { redemptionId: derivedId('redemption', name), points, allocations, redeemedOn },
  };
}
