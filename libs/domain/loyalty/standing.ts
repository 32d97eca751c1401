import type { LoyaltyLevelWindow } from '#contracts/loyalty.events.js';
import type { LoyaltyLevelRule, LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays, addMonths, FIRST_DAY, lastDayOfYear, yearOf } from '../calendar.js';
import { unreachable } from '../decider.js';
import { ledgerOn } from './ledger-on.js';
import { versionOn } from './rules.js';
import type { LevelSet, Lot, LoyaltyLedger } from './state.js';

/** The loyalty level on a day, and what it rests on. */
export interface LoyaltyStanding {
  loyaltyLevel: string;
  /** The day from which it has been held, renewals included. Left out for the lowest level that was never left. */
  since?: string;
  /** The day on which it was reached, renewed or come down to, for the last time. */
  heldFrom?: string;
  /** The version of the rules that decided so. Left out like `since`. */
  rulesVersion?: number;
  /** The last day of holding, grace not included. Left out for the lowest level: there is nothing to lose. */
  heldThrough?: string;
  /** The day after the grace, on which points decide again. */
  reviewOn?: string;
  /** What decided on `heldFrom`. */
  decidedBy?: { points: number; window: LoyaltyLevelWindow };
  /** Points earned in the window that ends on the day asked for. */
  qualifyingPoints: number;
  window: LoyaltyLevelWindow;
  /** The next loyalty level and the points missing for it. Left out at the highest. */
  next?: { loyaltyLevel: string; threshold: number; missing: number };
}

/**
 * The loyalty level on a day (docs/loyalty.md): upgraded on the day on which the points of the window up to and
 * including it reach a threshold, to the highest reached; held through the same day `windowMonths` later and the days
 * of grace; on the day after those, renewed or down to what the points up to the day before reach, and held in its turn.
 *
 * Day by day that would be slow, so only the days on which anything can change are visited: points come only with a
 * lot, rules only with a version, and otherwise they go down, which tells only on a review.
 * - A new version judges from its day on. What is held stays held until its review, under the version that began it; a
 *   level that the new version does not name becomes its highest with no higher threshold.
 * - Points of the future do not count, and what a return has claimed by then never did.
 * - A level set by a person is held like one that was reached; points decide again with the next earnings.
 */
export function loyaltyLevelOn(
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  date: string,
): LoyaltyStanding {
  const points = new PointsByDay(ledgerOn(ledger, date).lots);
  const { levelsSet } = ledger;
  let held: Holding = { level: versionOn(rules, FIRST_DAY).document.levels[0]! };
  for (const day of turningDays([...points.days, ...levelsSet.map(({ on }) => on)], rules, date)) {
    held = reviewedThrough(day, held, points, rules);
    held = upgradedOn(day, held, points, versionOn(rules, day));
    if (levelsSet.length > 0) held = setOn(day, held, levelsSet, points, rules);
  }
  held = reviewedThrough(date, held, points, rules);
  return standingOn(date, held, points, versionOn(rules, date).document);
}

/**
 * The days whose points qualify on a day. Of calendar months: after the same day `windowMonths` before, which is the
 * month's last day where that month is shorter, so that 2024-02-28 and 2024-02-29 both begin on 2023-03-01. Of a
 * calendar year: from its 1 January on. Of a lifetime: all of them.
 */
export function windowUpTo(document: LoyaltyRules, day: string): LoyaltyLevelWindow {
  switch (document.window) {
    case 'calendarMonths':
      return { from: addDays(addMonths(day, -document.windowMonths), 1), to: day };
    case 'calendarYear':
      return { from: `${day.slice(0, 4)}-01-01`, to: day };
    case 'lifetime':
      return { from: FIRST_DAY, to: day };
    default:
      return unreachable(document.window);
  }
}

interface Holding {
  level: LoyaltyLevelRule;
  since?: string;
  heldFrom?: string;
  rulesVersion?: number;
  heldThrough?: string;
  reviewOn?: string;
  decidedBy?: { points: number; window: LoyaltyLevelWindow };
}

function reviewedThrough(
  day: string,
  start: Holding,
  points: PointsByDay,
  rules: RulesPublished<'loyalty'>[],
): Holding {
  let held = start;
  while (held.reviewOn !== undefined && held.reviewOn <= day) {
    const version = versionOn(rules, held.reviewOn);
    const review = held.reviewOn;
    held = upgradedOn(review, reviewed(held, review, points, version), points, version);
  }
  return held;
}

/**
 * On the day after the grace: what the points up to the day before reach. Of calendar years it is the last full year
 * before: a year that has hardly begun would take every loyalty level away in January.
 */
function reviewed(held: Holding, day: string, points: PointsByDay, version: RulesPublished<'loyalty'>): Holding {
  const { document } = version;
  const ends = document.window === 'calendarYear' ? lastDayOfYear(yearOf(day) - 1) : addDays(day, -1);
  const window = windowUpTo(document, ends);
  const decidedBy = { points: points.within(window), window };
  const level = reached(document, decidedBy.points);
  const since = level.name === inVersion(held.level, document).name ? held.since : day;
  return holding(level, day, since, decidedBy, version);
}

function upgradedOn(day: string, held: Holding, points: PointsByDay, version: RulesPublished<'loyalty'>): Holding {
  const { document } = version;
  const current = inVersion(held.level, document);
  if (current === held.level && current === document.levels.at(-1)) return held;
  const window = windowUpTo(document, day);
  const decidedBy = { points: points.within(window), window };
  const level = reached(document, decidedBy.points);
  if (level.threshold > current.threshold) return holding(level, day, day, decidedBy, version);
  if (current.name === held.level.name) return current === held.level ? held : { ...held, level: current };
  return { ...held, level: current, rulesVersion: version.version };
}

/** As a person set it, for the last time that day. */
function setOn(
  day: string,
  held: Holding,
  levelsSet: LevelSet[],
  points: PointsByDay,
  rules: RulesPublished<'loyalty'>[],
): Holding {
  const set = levelsSet.findLast(({ on }) => on === day);
  const version = versionOn(rules, day);
  const { document } = version;
  const named = set && document.levels.find(({ name }) => name === set.loyaltyLevel);
  if (named === undefined) return held;
  const window = windowUpTo(document, day);
  const since = named.name === held.level.name ? held.since : day;
  return holding(named, day, since, { points: points.within(window), window }, version);
}

function holding(
  level: LoyaltyLevelRule,
  heldFrom: string,
  since: string | undefined,
  decidedBy: { points: number; window: LoyaltyLevelWindow },
  { document, version: rulesVersion }: RulesPublished<'loyalty'>,
): Holding {
  const held: Holding = { level, since: since ?? heldFrom, heldFrom, rulesVersion, decidedBy };
  if (level === document.levels[0]) return held;
  held.heldThrough = holdEnds(document, heldFrom, decidedBy.window);
  const reviewOn = addDays(held.heldThrough, document.graceDays + 1);
  // At the end of the calendar there is no later day, and a review on the same day would never end.
  if (reviewOn > heldFrom) held.reviewOn = reviewOn;
  return held;
}

/** The points of a calendar year hold a loyalty level through the end of the next one. */
function holdEnds(document: LoyaltyRules, heldFrom: string, decidedIn: LoyaltyLevelWindow): string {
  if (document.window === 'calendarYear') return lastDayOfYear(yearOf(decidedIn.to) + 1);
  return addMonths(heldFrom, document.windowMonths);
}

function reached(document: LoyaltyRules, points: number): LoyaltyLevelRule {
  return document.levels.findLast(({ threshold }) => threshold <= points)!;
}

function inVersion(level: LoyaltyLevelRule, document: LoyaltyRules): LoyaltyLevelRule {
  return document.levels.find(({ name }) => name === level.name) ?? reached(document, level.threshold);
}

function standingOn(date: string, held: Holding, points: PointsByDay, document: LoyaltyRules): LoyaltyStanding {
  const window = windowUpTo(document, date);
  const qualifyingPoints = points.within(window);
  const { level, ...rest } = held;
  const next = document.levels.find(({ threshold }) => threshold > level.threshold);
  return {
    loyaltyLevel: level.name,
    ...rest,
    qualifyingPoints,
    window,
    ...(next && {
      next: {
        loyaltyLevel: next.name,
        threshold: next.threshold,
        missing: Math.max(0, next.threshold - qualifyingPoints),
      },
    }),
  };
}

/** Every day up to the date on which points or rules change, in order, each once. */
function turningDays(daysOfLots: readonly string[], rules: RulesPublished<'loyalty'>[], date: string): string[] {
  const days = [...daysOfLots, ...rules.map(({ validFrom }) => validFrom)].filter((day) => day <= date);
  return [...new Set(days)].sort();
}

/** Points earned, by day, with running totals: any window is two binary searches. */
class PointsByDay {
  readonly days: string[] = [];
  private readonly totals: number[] = [];

  constructor(lots: Lot[]) {
    let total = 0;
    const qualifying = lots.filter(({ points }) => points > 0);
    for (const { earnedOn, points } of qualifying.sort((a, b) =>
      a.earnedOn < b.earnedOn ? -1 : a.earnedOn > b.earnedOn ? 1 : 0,
    )) {
      total += points;
      if (this.days.at(-1) === earnedOn) this.totals[this.totals.length - 1] = total;
      else {
        this.days.push(earnedOn);
        this.totals.push(total);
      }
    }
  }

  within({ from, to }: LoyaltyLevelWindow): number {
    return this.totalUntil((day) => day > to) - this.totalUntil((day) => day >= from);
  }

  /** Points of the days before the first for which `isPast` holds. */
  private totalUntil(isPast: (day: string) => boolean): number {
    let [low, high] = [0, this.days.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(this.days[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 0 : this.totals[low - 1]!;
  }
}
