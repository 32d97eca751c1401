import { COMPLAINT_METRICS, type ComplaintMetric } from '#contracts/codes.js';
import type { ComplaintEvent } from '#contracts/events.js';
import type { ComplaintTarget } from '#contracts/rules/complaint-rules.js';
import { addDays, compareInstants } from '../calendar.js';
import type { Decided, DecisionContext } from '../decider.js';
import { happened } from '../deciding.js';
import { addBusinessMinutes, addBusinessMs, type BusinessCalendar, businessMsBetween } from './business-time.js';
import type { Judged } from './commands.js';
import { complaintRulesAt, targetOf } from './rules.js';
import type { ComplaintState } from './state.js';

const MINUTE_MS = 60_000;

/**
 * The deadlines of a complaint in this state, as of the command's time: of those metrics that are neither met nor
 * missed, and whose clock runs.
 */
export function deadlinesSet(
  state: ComplaintState,
  metrics: readonly ComplaintMetric[],
  { rules }: Judged,
  context: DecisionContext,
): Decided<ComplaintEvent>[] {
  const { version, document } = complaintRulesAt(rules, context.occurredAt);
  const target = targetOf(document, state.severity!);
  return metrics
    .filter((metric) => isRunning(state, metric))
    .map((metric) => {
      const due = dueAt(state, metric, target, document);
      // One that is set when it would have passed already is due at once: nobody can be late before they know.
      const notBefore = compareInstants(due, context.occurredAt) < 0 ? context.occurredAt : due;
      return happened('ComplaintDeadlineSet', { metric, dueAt: notBefore, calendarVersion: version }, context);
    });
}

function isRunning({ status, acknowledged, breached }: ComplaintState, metric: ComplaintMetric): boolean {
  if (breached[metric] !== undefined) return false;
  return metric === 'acknowledgement' ? !acknowledged : status === 'open';
}

function dueAt(
  { openedAt, running }: ComplaintState,
  metric: ComplaintMetric,
  { acknowledgementMinutes, resolutionMinutes }: ComplaintTarget,
  calendar: BusinessCalendar,
): string {
  if (metric === 'acknowledgement') return addBusinessMinutes(calendar, openedAt, acknowledgementMinutes);
  const spent = running
    .slice(0, -1)
    .reduce((sum, { from, to }) => sum + businessMsBetween(calendar, from, to ?? from), 0);
  return addBusinessMs(calendar, running.at(-1)!.from, Math.max(0, resolutionMinutes * MINUTE_MS - spent));
}

/**
 * The deadlines that had passed by the time of the command, and that nobody has recorded as missed yet: the timers may
 * not have come to it. What meets a deadline too late, or stops its clock too late, records that first.
 */
export function breachesBefore(
  { deadlines, setBy }: ComplaintState,
  judged: Judged,
  context: DecisionContext,
): Decided<ComplaintEvent>[] {
  return COMPLAINT_METRICS.flatMap((metric) => {
    const due = deadlines[metric];
    if (due === undefined || compareInstants(due, context.occurredAt) >= 0) return [];
    return isOfThePresent(due, judged, context) ? [breach(metric, due, setBy)] : [];
  });
}

/** A breach is announced of the present only: history that is imported has long been dealt with. */
export function isOfThePresent(dueAt: string, { rules }: Judged, { businessDate }: DecisionContext): boolean {
  const { presentDays } = complaintRulesAt(rules, `${businessDate}T00:00:00Z`).document;
  return addDays(dueAt.slice(0, 10), presentDays) > businessDate;
}

/** It happened when the deadline passed, whoever noticed it when, by the rules that had set it. */
export function breach(
  metric: ComplaintMetric,
  dueAt: string,
  setBy: ComplaintState['setBy'],
): Decided<ComplaintEvent> {
  return { type: 'ComplaintSlaBreached', data: { metric, dueAt }, occurredAt: dueAt, rulesVersion: setBy[metric]! };
}
