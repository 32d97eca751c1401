import { SEVERITIES, type Severity } from '#contracts/codes.js';
import {
  type BusinessHours,
  type ComplaintRules,
  type ComplaintTarget,
  WEEKDAYS,
} from '#contracts/rules/complaint-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { dayIn, isTimeZone } from '../calendar.js';
import { ensure } from '../deciding.js';

const OFFICE_DAYS = WEEKDAYS.slice(0, 5);

/** The rules published at the first start (docs/complaints.md). */
export const defaultComplaintRules: ComplaintRules = {
  timeZone: 'UTC',
  businessHours: OFFICE_DAYS.flatMap((weekday) => [
    { weekday, from: '08:00', to: '12:00' },
    { weekday, from: '13:00', to: '17:00' },
  ]),
  holidays: [],
  targets: [
    { severity: 'low', acknowledgementMinutes: 960, resolutionMinutes: 4800 },
    { severity: 'medium', acknowledgementMinutes: 480, resolutionMinutes: 2400 },
    { severity: 'high', acknowledgementMinutes: 240, resolutionMinutes: 1440 },
    { severity: 'critical', acknowledgementMinutes: 60, resolutionMinutes: 480 },
  ],
  presentDays: 30,
};

/** Version 1, as published at the first start: valid for all imported history. */
export const defaultComplaintRulesPublished: RulesPublished<'complaints'> = {
  name: 'complaints',
  version: 1,
  document: defaultComplaintRules,
  validFrom: '1900-01-01',
};

/**
 * The version valid at an instant, each by the day in its own time zone; the first one for what is older. Until the
 * first worker has published version 1, that is what it will publish: a complaint is not refused for it.
 */
export function complaintRulesAt(
  versions: RulesPublished<'complaints'>[],
  instant: string,
): RulesPublished<'complaints'> {
  const valid = versions.findLast(({ validFrom, document }) => validFrom <= dayIn(document.timeZone, instant));
  return valid ?? versions[0] ?? defaultComplaintRulesPublished;
}

/** How long a complaint of the severity may take. */
export function targetOf({ targets }: ComplaintRules, severity: Severity): ComplaintTarget {
  return targets.find((target) => target.severity === severity)!;
}

/** Bounds that let every deadline be found, in time. */
const MOST = { weeks: 100, presentDays: 36_600 };

/** @throws RuleViolation naming the field, unless the document can judge any complaint. */
export function ensureSoundComplaintRules(document: ComplaintRules): void {
  ensure(
    isTimeZone(document.timeZone),
    'invalid',
    'rules-time-zone-known',
    `Time zone ${document.timeZone} is not known: use an IANA name, as Asia/Ho_Chi_Minh.`,
    'document.timeZone',
  );
  ensureSoundHours(document.businessHours);
  ensureSoundTargets(document);
  ensure(
    document.presentDays <= MOST.presentDays,
    'invalid',
    'rules-within-bounds',
    `presentDays may be at most ${MOST.presentDays}.`,
    'document.presentDays',
  );
}

function ensureSoundHours(hours: BusinessHours[]): void {
  for (const [index, { weekday, from, to }] of hours.entries()) {
    const path = `document.businessHours.${index}`;
    ensure(from < to, 'invalid', 'rules-hours-in-order', 'Business hours must end after they begin.', `${path}.to`);
    const other = hours.slice(0, index).find((each) => each.weekday === weekday && each.from < to && from < each.to);
    ensure(
      other === undefined,
      'invalid',
      'rules-hours-apart',
      `These hours overlap those from ${other?.from} to ${other?.to} of the same ${weekday}: make one span of them.`,
      `${path}.from`,
    );
  }
}

function ensureSoundTargets({ businessHours, targets }: ComplaintRules): void {
  const most = MOST.weeks * businessHours.reduce((sum, { from, to }) => sum + minutesOf(to) - minutesOf(from), 0);
  for (const severity of SEVERITIES) {
    ensure(
      targets.some((target) => target.severity === severity),
      'invalid',
      'rules-target-for-each-severity',
      `There is no target for severity ${severity}: give one for each of ${SEVERITIES.join(', ')}.`,
      'document.targets',
    );
  }
  for (const [index, target] of targets.entries()) {
    for (const name of ['acknowledgementMinutes', 'resolutionMinutes'] as const) {
      ensure(
        target[name] <= most,
        'invalid',
        'rules-within-bounds',
        `${name} may be at most ${most}: the business time of ${MOST.weeks} weeks.`,
        `document.targets.${index}.${name}`,
      );
    }
  }
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
