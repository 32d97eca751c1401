import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { dayIn, isTimeZone } from '../calendar.js';
import { ensure, isGiven } from '../deciding.js';
import { decimal, floor } from '../decimal.js';

/** The rules published at the first start (docs/loyalty.md). */
export const defaultLoyaltyRules: LoyaltyRules = {
  timeZone: 'UTC',
  unitsPerPoint: 1,
  expiryDays: 365,
  window: 'calendarMonths',
  windowMonths: 12,
  graceDays: 30,
  levels: [
    { name: 'member', threshold: 0 },
    { name: 'loyal', threshold: 100 },
    { name: 'preferred', threshold: 250 },
    { name: 'vip', threshold: 1000 },
  ],
};

/** Version 1, as published at the first start: valid for all imported history. */
export const defaultLoyaltyRulesPublished: RulesPublished<'loyalty'> = {
  name: 'loyalty',
  version: 1,
  document: defaultLoyaltyRules,
  validFrom: '1900-01-01',
};

/**
 * The version valid on a day: the last whose day of validity has come. The first version also
 * judges the days before its own, so that history older than the programme is imported and not refused.
 */
export function versionOn(rules: RulesPublished<'loyalty'>[], day: string): RulesPublished<'loyalty'> {
  return lastWhere(rules, ({ validFrom }) => validFrom <= day);
}

/** The version that judges a purchase, and the purchase's day: each version tells the day in its own time zone. */
export function versionAt(
  rules: RulesPublished<'loyalty'>[],
  occurredAt: string,
): { version: RulesPublished<'loyalty'>; day: string } {
  const version = lastWhere(rules, (each) => each.validFrom <= dayIn(each.document.timeZone, occurredAt));
  return { version, day: dayIn(version.document.timeZone, occurredAt) };
}

function lastWhere(
  rules: RulesPublished<'loyalty'>[],
  holds: (version: RulesPublished<'loyalty'>) => boolean,
): RulesPublished<'loyalty'> {
  return rules.findLast(holds) ?? ensureRulesPublished(rules);
}

/** @throws RuleViolation when there is no version to judge by. */
export function ensureRulesPublished([first]: RulesPublished<'loyalty'>[]): RulesPublished<'loyalty'> {
  ensure(
    first !== undefined,
    'not-found',
    'loyalty-rules-published',
    'No loyalty rules have been published: publish version 1.',
  );
  return first;
}

/** Whether any loyalty level earns more, or less, than the plain points. */
export function multipliesAnything({ levels }: LoyaltyRules): boolean {
  return levels.some(({ multiplier }) => isGiven(multiplier) && multiplier !== '1');
}

/** Bounds that keep every day within the calendar and every number of points exact. */
const MOST = { windowMonths: 1_200, graceDays: 3_660, expiryDays: 36_600, multiplier: 1_000n };

/** @throws RuleViolation naming the field, unless the document can judge any purchase. */
export function ensureSoundLoyaltyRules(document: LoyaltyRules): void {
  const { timeZone, window, windowMonths, graceDays, expiryDays, levels } = document;
  ensure(
    isTimeZone(timeZone),
    'invalid',
    'rules-time-zone-known',
    `Time zone ${timeZone} is not known: use an IANA name, as Asia/Ho_Chi_Minh.`,
    'document.timeZone',
  );
  ensure(
    windowMonths <= MOST.windowMonths,
    'invalid',
    'rules-within-bounds',
    `windowMonths may be at most ${MOST.windowMonths}.`,
    'document.windowMonths',
  );
  ensure(
    graceDays <= MOST.graceDays,
    'invalid',
    'rules-within-bounds',
    `graceDays may be at most ${MOST.graceDays}.`,
    'document.graceDays',
  );
  ensure(
    !isGiven(expiryDays) || expiryDays <= MOST.expiryDays,
    'invalid',
    'rules-within-bounds',
    `expiryDays may be at most ${MOST.expiryDays}; leave it out for points that never expire.`,
    'document.expiryDays',
  );
  ensure(
    window !== 'calendarYear' || windowMonths === 12,
    'invalid',
    'rules-calendar-year-is-12-months',
    'A calendarYear window has 12 months: set windowMonths to 12.',
    'document.windowMonths',
  );
  ensure(
    levels[0]?.threshold === 0,
    'invalid',
    'rules-first-threshold-zero',
    'The first loyalty level is everyone’s: set its threshold to 0.',
    'document.levels.0.threshold',
  );
  const names = new Set<string>();
  for (const [index, { name, threshold, multiplier }] of levels.entries()) {
    const path = `document.levels.${index}`;
    ensure(
      index === 0 || threshold > levels[index - 1]!.threshold,
      'invalid',
      'rules-thresholds-ascend',
      `The threshold of ${name} must be above that of the level before it.`,
      `${path}.threshold`,
    );
    ensure(
      !names.has(name),
      'invalid',
      'rules-level-names-unique',
      `Two loyalty levels are named ${name}: give each its own name.`,
      `${path}.name`,
    );
    ensure(
      !isGiven(multiplier) || floor(decimal(multiplier)) < MOST.multiplier,
      'invalid',
      'rules-within-bounds',
      `The multiplier must be below ${MOST.multiplier}.`,
      `${path}.multiplier`,
    );
    names.add(name);
  }
}
