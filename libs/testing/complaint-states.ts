import type { ComplaintMetric } from '#contracts/codes.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { externalId } from '#contracts/ids.js';
import type { ComplaintRequest, Judged } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { defaultComplaintRulesPublished } from '#domain/complaint/rules.js';
import { type Given, given } from './decider-spec.js';

export const customerId = externalId('customer', { system: 'shop', id: '1' });
export const otherId = externalId('customer', { system: 'shop', id: '2' });
export const words = { customerId, issue: 'Late delivery', severity: 'high', channel: 'phone' } as const;

/** The default rules, in words: 08:00 to 12:00 and 13:00 to 17:00 UTC; high: 4 hours to acknowledge, 24 to resolve. */
const rules = [defaultComplaintRulesPublished];
export const judged = <Request extends ComplaintRequest>(request: Request): Request & Judged => ({ ...request, rules });

/** 2026-06-15 is a Monday. */
export const RAISED_AT = '2026-06-15T09:00:00Z';
export const ACKNOWLEDGE_BY = '2026-06-15T14:00:00Z';
export const RESOLVE_BY = '2026-06-18T09:00:00Z';
export const NOON = '2026-06-15T12:00:00Z';

export const set = (metric: ComplaintMetric, dueAt: string, calendarVersion = 1): Given<ComplaintEvent> => ({
  type: 'ComplaintDeadlineSet',
  data: { metric, dueAt, calendarVersion },
});
export const at = <Event extends Given<ComplaintEvent>>(occurredAt: string, event: Event): Event => ({
  ...event,
  occurredAt,
});

export const complained = at(RAISED_AT, { type: 'CustomerComplained', data: words } as Given<ComplaintEvent>);
export const deadlines = [set('acknowledgement', ACKNOWLEDGE_BY), set('resolution', RESOLVE_BY)];
export const open = [complained, ...deadlines].map((event) => at(RAISED_AT, event));
export const acknowledged = at('2026-06-15T10:00:00Z', {
  type: 'ComplaintAcknowledged',
  data: {},
} as Given<ComplaintEvent>);
export const waiting = at('2026-06-15T11:00:00Z', {
  type: 'ComplaintWaitingOnCustomer',
  data: {},
} as Given<ComplaintEvent>);
export const resolved = at(NOON, {
  type: 'ComplaintResolved',
  data: { outcome: 'explanation' },
} as Given<ComplaintEvent>);
export const told = at(NOON, { type: 'ComplaintResolutionTold', data: { channel: 'email' } } as Given<ComplaintEvent>);
export const disputed = at(NOON, { type: 'ComplaintResolutionDisputed', data: {} } as Given<ComplaintEvent>);
export const closed = at(NOON, { type: 'ComplaintClosed', data: {} } as Given<ComplaintEvent>);

/** Everything that a complaint can have come to. */
export const states = {
  unknown: [],
  open,
  waiting: [...open, waiting],
  resolved: [...open, resolved],
  told: [...open, resolved, told],
  disputed: [...open, resolved, told, disputed],
  closed: [...open, resolved, told, closed],
};
export type State = keyof typeof states;

export const when = (events: Given<ComplaintEvent>[], request: ComplaintRequest, occurredAt = NOON) =>
  given(complaint, events).when(judged(request), { occurredAt, businessDate: '2026-06-30' });

export function breached(metric: ComplaintMetric, dueAt: string) {
  return { type: 'ComplaintSlaBreached' as const, data: { metric, dueAt }, occurredAt: dueAt };
}
