import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { decimalsOf } from '../currency.js';
import { decimal, floor, times } from '../decimal.js';
import { multipliesAnything } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

/**
 * One source earns no more: far above any purchase, and low enough that a ledger's sums stay exact in a JSON number. To
 * refuse the source instead would refuse the customer's other ones with it.
 */
export const MOST_POINTS = 1_000_000_000_000n;

/** How an amount is turned into points. */
export interface Rate {
  minorUnitsPerPoint: number;
  multiplier: string;
}

/** `floor(floor(amount / minorUnitsPerPoint) × multiplier)` */
export function pointsFor(amount: number, { minorUnitsPerPoint, multiplier }: Rate): number {
  const whole = BigInt(amount) / BigInt(minorUnitsPerPoint);
  const points = floor(times(decimal(multiplier), whole));
  return Number(points < MOST_POINTS ? points : MOST_POINTS);
}

/** The rate of a purchase on its day, by the version valid then. */
export function rateOn(
  day: string,
  currency: string,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  { document }: RulesPublished<'loyalty'>,
): Rate {
  return {
    minorUnitsPerPoint: document.unitsPerPoint * 10 ** decimalsOf(currency),
    multiplier: multiplierOn(day, ledger, rules, document),
  };
}

/** Of the loyalty level held on the purchase's day, before the purchase itself: nobody multiplies their own upgrade. */
function multiplierOn(
  day: string,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  document: LoyaltyRules,
): string {
  if (!multipliesAnything(document)) return '1';
  const { loyaltyLevel } = loyaltyLevelOn(ledger, rules, day);
  return document.levels.find(({ name }) => name === loyaltyLevel)?.multiplier ?? '1';
}
