import type { ListFilter } from './customer-list.query.js';

export const READY_MADE_LISTS = ['prospects', 'longStanding', 'loyal', 'key', 'atRisk', 'complaining'] as const;
export type ReadyMadeList = (typeof READY_MADE_LISTS)[number];

/** A long-standing customer was acquired so many years ago. */
const LONG_STANDING_YEARS = 5;

/** What each ready-made list asks for; whatever else is asked for narrows it. */
export function readyMade(list: ReadyMadeList, businessDate: string): ListFilter {
  switch (list) {
    case 'prospects':
      return { facets: { customerStage: ['prospect'] } };
    case 'longStanding':
      return { acquiredBefore: yearsBefore(businessDate, LONG_STANDING_YEARS), sort: 'acquiredAt' };
    case 'loyal':
      return { facets: { loyaltyLevel: ['loyal', 'preferred', 'vip'] } };
    case 'key':
      return { facets: { relationshipLevel: ['proactive', 'partnership'] }, sort: '-value' };
    case 'atRisk':
      return { facets: { customerStage: ['atRisk'] } };
    case 'complaining':
      return { complaining: true };
  }
}

/** The same day so many years before; 28 February where there is no 29th. */
export function yearsBefore(day: string, years: number): string {
  const year = String(Math.max(1, Number(day.slice(0, 4)) - years)).padStart(4, '0');
  return `${year}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`;
}
