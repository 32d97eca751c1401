import type { RetentionRules } from '#contracts/rules/retention-rules.js';

/** When a customer bought for the first and the last time, and how often. */
export interface Rhythm {
  purchases: number;
  firstPurchaseAt: string;
  lastPurchaseAt: string;
  /** Since when they have been silent: the last purchase, or the win-back after it. */
  silentSince: string;
}

const DAY_MS = 86_400_000;

/** Days from one purchase to the next: the customer's own mean where it is known, the usual ones otherwise. */
export function rhythmDays({ purchases, firstPurchaseAt, lastPurchaseAt }: Rhythm, rules: RetentionRules): number {
  if (purchases < rules.rhythmPurchases) return rules.usualRhythmDays;
  const days = (Date.parse(lastPurchaseAt) - Date.parse(firstPurchaseAt)) / DAY_MS / (purchases - 1);
  return Math.max(rules.shortestRhythmDays, days);
}

/** When the silence has lasted so many rhythms. */
export function silentFrom(rhythm: Rhythm, rhythms: number, rules: RetentionRules): string {
  return new Date(Date.parse(rhythm.silentSince) + rhythms * rhythmDays(rhythm, rules) * DAY_MS).toISOString();
}
