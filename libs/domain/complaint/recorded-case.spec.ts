import type { ComplaintMetric } from '#contracts/codes.js';
import type { ComplaintAttributed } from '#contracts/complaint.events.js';
import type { ComplaintEvent } from '#contracts/events.js';
import {
  ACKNOWLEDGE_BY,
  acknowledged,
  at,
  breached,
  customerId,
  deadlines,
  judged,
  NOON,
  open,
  otherId,
  RAISED_AT,
  RESOLVE_BY,
  set,
  states,
  waiting,
  when,
  words,
} from '#testing/complaint-states.js';
import { type Expected, type Given, given } from '#testing/decider-spec.js';
import type { ComplaintMove } from './commands.js';
import { complaint } from './complaint.decider.js';

describe('AttributeComplaint', () => {
  const { customerId: _, ...anonymous } = words;
  const unattributed: Given<ComplaintEvent>[] = [
    at(RAISED_AT, { type: 'CustomerComplained', data: anonymous } as Given<ComplaintEvent>),
  ];
  const attribute = { type: 'AttributeComplaint', customerId } as const;

  it('says whose it is, and what it is as it stands: the events before name no customer', () => {
    const { issue, severity, channel } = words;
    const dueAt = '2026-06-16T08:00:00Z';
    const deadline = { metric: 'resolution', dueAt } as const;
    const data: ComplaintAttributed = {
      customerId,
      issue,
      severity,
      channel,
      raisedAt: RAISED_AT,
      isResolved: false,
      status: 'received',
      deadlines: [deadline],
      missed: [],
    };
    when(
      [...unattributed, { type: 'ComplaintDeadlineSet', data: { ...deadline, calendarVersion: 1 } }],
      attribute,
    ).then([{ type: 'ComplaintAttributed', data }]);
  });
  it('tells who has it, how far it has come, and what is late', () => {
    const events: Given<ComplaintEvent>[] = [
      ...unattributed,
      { type: 'ComplaintDeadlineSet', data: { metric: 'acknowledgement', dueAt: NOON, calendarVersion: 1 } },
      breached('acknowledgement', NOON),
      { type: 'ComplaintAssigned', data: { agentId: 'e-1' } },
    ];
    const { issue, severity, channel } = words;
    const raised = { issue, channel, raisedAt: RAISED_AT, severity, isResolved: false } as const;
    const data: ComplaintAttributed = {
      customerId,
      ...raised,
      status: 'assigned',
      agentId: 'e-1',
      deadlines: [],
      missed: [{ metric: 'acknowledgement', dueAt: NOON }],
    };
    when(events, attribute).then([{ type: 'ComplaintAttributed', data }]);
  });
  it('has nothing to do where it is so already', () => {
    when(open, attribute).thenNothing();
    when([...unattributed, { type: 'ComplaintAttributed', data: { customerId } }], attribute).thenNothing();
  });
  it.each([
    ['raised by', open],
    [
      'attributed to',
      [...unattributed, { type: 'ComplaintAttributed', data: { customerId } } as Given<ComplaintEvent>],
    ],
  ])('is refused for a complaint %s another customer', (_, events) => {
    when(events, { ...attribute, customerId: otherId }).thenRefused('complaint-attributed-once', {
      kind: 'conflict',
      field: 'customerId',
    });
  });
  it('is refused for a complaint that was never raised', () => {
    when([], attribute).thenRefused('complaint-not-found', { kind: 'not-found' });
  });
});

describe('RecordSlaBreach', () => {
  const record = (metric: ComplaintMetric, dueAt: string) => ({ type: 'RecordSlaBreach', metric, dueAt }) as const;
  const fire = (events: Given<ComplaintEvent>[], metric: ComplaintMetric, dueAt: string, businessDate = '2026-06-18') =>
    given(complaint, events).when(judged(record(metric, dueAt)), { occurredAt: dueAt, businessDate });

  it.each([
    ['acknowledgement', ACKNOWLEDGE_BY],
    ['resolution', RESOLVE_BY],
  ] as const)('records that the %s is late, when its deadline passed', (metric, dueAt) => {
    fire(open, metric, dueAt).then([breached(metric, dueAt)]);
  });
  it('was decided by the version of the rules that had set the deadline, whatever was published since', () => {
    const later = [...open, set('resolution', RESOLVE_BY, 2)];
    fire(later, 'resolution', RESOLVE_BY).then([{ ...breached('resolution', RESOLVE_BY), rulesVersion: 2 }]);
    fire(later, 'acknowledgement', ACKNOWLEDGE_BY).then([
      { ...breached('acknowledgement', ACKNOWLEDGE_BY), rulesVersion: 1 },
    ]);
  });
  it('has nothing to do for a deadline that was met, however late that was recorded', () => {
    fire([...open, acknowledged], 'acknowledgement', ACKNOWLEDGE_BY).thenNothing();
    fire(states.resolved, 'resolution', RESOLVE_BY).thenNothing();
    fire(states.resolved, 'acknowledgement', ACKNOWLEDGE_BY).thenNothing();
  });
  it('has nothing to do a second time', () => {
    fire([...open, breached('resolution', RESOLVE_BY)], 'resolution', RESOLVE_BY).thenNothing();
  });
  it('has nothing to do for a deadline that was moved, stopped, or is of an opening before', () => {
    fire([...open, set('resolution', '2026-06-29T09:00:00Z')], 'resolution', RESOLVE_BY).thenNothing();
    fire([...open, waiting], 'resolution', RESOLVE_BY).thenNothing();
    const reopened = at('2026-06-22T09:00:00Z', { type: 'ComplaintReopened', data: {} } as Given<ComplaintEvent>);
    fire([...states.disputed, reopened], 'resolution', RESOLVE_BY, '2026-06-22').thenNothing();
    fire([], 'resolution', RESOLVE_BY).thenNothing();
  });
  it('announces breaches of the last 30 days only', () => {
    fire(open, 'resolution', RESOLVE_BY, '2026-07-17').then([breached('resolution', RESOLVE_BY)]);
    fire(open, 'resolution', RESOLVE_BY, '2026-07-18').thenNothing();
    // Nor does a move that comes so late.
    given(complaint, open)
      .when(judged({ type: 'ResolveComplaint', outcome: 'rejected' }), {
        occurredAt: '2026-06-20T09:00:00Z',
        businessDate: '2026-09-01',
      })
      .then([{ type: 'ComplaintResolved', data: { outcome: 'rejected' } }]);
  });
});

describe('RecordCase', () => {
  const raised = words;
  const record = (...moves: (ComplaintMove & { occurredAt: string })[]) =>
    given(complaint).when(judged({ type: 'RecordCase', raised, moves }), {
      occurredAt: RAISED_AT,
      businessDate: '2026-06-30',
    });
  const sent = { type: 'AssignComplaint', agentId: 'ACME', occurredAt: '2026-06-16T00:00:00Z' } as const;
  const resolve = { type: 'ResolveComplaint', outcome: 'rejected', occurredAt: '2026-06-16T00:00:00Z' } as const;
  const begins = [{ type: 'CustomerComplained' as const, data: words }, ...deadlines];
  const dated = (occurredAt: string, event: Expected<ComplaintEvent>) => ({ ...event, occurredAt });

  it('takes the same decisions as one by one, each at its own time', () => {
    record(
      sent,
      resolve,
      { type: 'TellResolution', channel: 'web', occurredAt: '2026-06-17T00:00:00Z' },
      { type: 'DisputeResolution', occurredAt: '2026-06-18T00:00:00Z' },
    ).then([
      ...begins,
      dated(sent.occurredAt, { type: 'ComplaintAssigned', data: { agentId: 'ACME' } }),
      dated(sent.occurredAt, { type: 'ComplaintResolved', data: { outcome: 'rejected' } }),
      dated('2026-06-17T00:00:00Z', { type: 'ComplaintResolutionTold', data: { channel: 'web' } }),
      dated('2026-06-18T00:00:00Z', { type: 'ComplaintResolutionDisputed', data: {} }),
    ]);
  });
  it('takes what the source says was missed for missed, and what came after it for later', () => {
    record(sent, { type: 'StateSlaBreach', metric: 'resolution', occurredAt: sent.occurredAt }, resolve).then([
      ...begins,
      dated(sent.occurredAt, { type: 'ComplaintAssigned', data: { agentId: 'ACME' } }),
      breached('resolution', RESOLVE_BY),
      dated(RESOLVE_BY, { type: 'ComplaintResolved', data: { outcome: 'rejected' } }),
    ]);
  });
  it('concludes nothing from dates that the source does not call late', () => {
    record({ ...resolve, occurredAt: '2026-06-29T00:00:00Z' }).then([
      ...begins,
      dated('2026-06-29T00:00:00Z', { type: 'ComplaintResolved', data: { outcome: 'rejected' } }),
    ]);
  });
  it('is refused for what came before it was raised', () => {
    record({ ...sent, occurredAt: '2026-06-14T00:00:00Z' }).thenRefused('complaint-dates-in-order', {
      kind: 'invalid',
      field: 'occurredAt',
    });
  });
  it('is refused for moves that are not legal, or lie after the business date', () => {
    record({ type: 'CloseComplaint', occurredAt: NOON }).thenRefused('resolution-told');
    record({ ...sent, occurredAt: '2026-07-01T00:00:00Z' }).thenRefused('not-after-business-date');
  });
  it('is refused for a missed deadline that does not run, or has yet to pass', () => {
    const missed = { type: 'StateSlaBreach', metric: 'resolution', occurredAt: NOON } as const;
    record(missed, missed).thenRefused('complaint-deadline-runs', { kind: 'conflict', field: 'metric' });
    given(complaint)
      .when(judged({ type: 'RecordCase', raised, moves: [missed] }), {
        occurredAt: RAISED_AT,
        businessDate: '2026-06-17',
      })
      .thenRefused('not-after-business-date');
  });
  it('is refused for a complaint that exists', () => {
    when(open, { type: 'RecordCase', raised, moves: [] }).thenRefused('complaint-exists', { kind: 'conflict' });
  });
});
