import type { ComplaintEvent } from '#contracts/events.js';
import {
  ACKNOWLEDGE_BY,
  acknowledged,
  at,
  breached,
  deadlines,
  judged,
  NOON,
  open,
  RAISED_AT,
  RESOLVE_BY,
  type State,
  set,
  states,
  waiting,
  when,
  words,
} from '#testing/complaint-states.js';
import { type Expected, type Given, given } from '#testing/decider-spec.js';
import type { ComplaintMove } from './commands.js';
import { complaint } from './complaint.decider.js';
import { defaultComplaintRules, defaultComplaintRulesPublished } from './rules.js';

describe('RaiseComplaint', () => {
  const raise = { type: 'RaiseComplaint', ...words } as const;

  it('opens a complaint, and both deadlines of its severity run', () => {
    when([], raise, RAISED_AT).then([{ type: 'CustomerComplained', data: words }, ...deadlines]);
  });
  it('opens a complaint of nobody known', () => {
    const { customerId: _, ...anonymous } = words;
    when([], { type: 'RaiseComplaint', ...anonymous }, RAISED_AT).then([
      { type: 'CustomerComplained', data: anonymous },
      ...deadlines,
    ]);
  });
  it.each(Object.keys(states).filter((state) => state !== 'unknown') as State[])(
    'is refused for a complaint that is %s',
    (state) => {
      when(states[state], raise).thenRefused('complaint-exists', { kind: 'conflict' });
    },
  );
  it('is refused after the business date', () => {
    given(complaint)
      .when(judged(raise), { occurredAt: '2026-04-01T00:00:00Z', businessDate: '2026-03-31' })
      .thenRefused('not-after-business-date', { kind: 'invalid', field: 'occurredAt' });
  });
  it.each([
    ['low', '2026-06-17T09:00:00Z', '2026-06-29T09:00:00Z'],
    ['medium', '2026-06-16T09:00:00Z', '2026-06-22T09:00:00Z'],
    ['critical', '2026-06-15T10:00:00Z', '2026-06-16T09:00:00Z'],
  ] as const)('sets deadlines by severity: %s', (severity, first, second) => {
    when([], { ...raise, severity }, RAISED_AT).then([
      { type: 'CustomerComplained', data: { ...words, severity } },
      set('acknowledgement', first),
      set('resolution', second),
    ]);
  });
  it('is judged by the version that is valid on its day, by version 1 before any, and by the default without any', () => {
    const later = {
      ...defaultComplaintRulesPublished,
      version: 2,
      validFrom: '2026-06-15',
      document: { ...defaultComplaintRules, holidays: ['2026-06-15'] },
    };
    const dues = (occurredAt: string, versions = [defaultComplaintRulesPublished, later]) =>
      complaint
        .decide({ ...raise, rules: versions }, complaint.initial, { occurredAt, businessDate: '2026-06-30' })
        .flatMap(({ type, data }) =>
          type === 'ComplaintDeadlineSet' ? [`${data.dueAt} v${data.calendarVersion}`] : [],
        );
    expect(dues('2026-06-12T09:00:00Z')[0]).toBe('2026-06-12T14:00:00Z v1');
    expect(dues(RAISED_AT)[0]).toBe('2026-06-16T12:00:00Z v2');
    expect(dues(RAISED_AT, [{ ...later, validFrom: '2026-07-01' }])[0]).toBe('2026-06-16T12:00:00Z v2');
    expect(dues(RAISED_AT, [])[0]).toBe(`${ACKNOWLEDGE_BY} v1`);
  });
});

/** Each move with the states from which it leads on, and the rule that refuses it in any other. */
const moves: [ComplaintMove, State[], string][] = [
  [{ type: 'AcknowledgeComplaint', channel: 'email' }, ['open', 'waiting'], 'complaint-open'],
  [{ type: 'AssessComplaint', severity: 'high', reason: 'As it says.' }, ['open', 'waiting'], 'complaint-open'],
  [{ type: 'AssignComplaint', agentId: 'e-1' }, ['open', 'waiting'], 'complaint-open'],
  [{ type: 'WaitOnCustomer' }, ['open'], 'complaint-open'],
  [{ type: 'ResumeComplaint' }, ['waiting'], 'complaint-waiting'],
  [{ type: 'EscalateComplaint', to: 'management', reason: 'Asked for.' }, ['open', 'waiting'], 'complaint-open'],
  [{ type: 'ResolveComplaint', outcome: 'rejected' }, ['open', 'waiting'], 'complaint-open'],
  [{ type: 'TellResolution', channel: 'phone' }, ['resolved'], 'resolution-to-tell'],
  [{ type: 'DisputeResolution' }, ['told'], 'resolution-told'],
  [{ type: 'ReopenComplaint' }, ['resolved', 'told', 'disputed', 'closed'], 'complaint-settled'],
  [{ type: 'CloseComplaint' }, ['told', 'disputed'], 'resolution-told'],
  [{ type: 'StateSlaBreach', metric: 'acknowledgement' }, ['open', 'waiting'], 'complaint-open'],
];

describe.each(moves)('$type', (move, legal, rule) => {
  it.each(legal)('leads on from %s', (state) => {
    const decided = complaint.decide(judged(move), fold(states[state]), {
      occurredAt: NOON,
      businessDate: '2026-06-30',
    });
    expect(decided.length).toBeGreaterThan(0);
  });
  it.each(Object.keys(states).filter((state) => !legal.includes(state as State)) as State[])(
    'is refused from %s',
    (state) => {
      when(states[state], move).thenRefused(state === 'unknown' ? 'complaint-not-found' : rule, {
        kind: state === 'unknown' ? 'not-found' : 'conflict',
      });
    },
  );
  it('is refused before the state began from which it leads on', () => {
    const state = legal[0]!;
    when(states[state], move, '2026-06-15T08:59:59Z').thenRefused('complaint-dates-in-order', {
      kind: 'invalid',
      field: 'occurredAt',
    });
  });
});

function fold(events: Given<ComplaintEvent>[]) {
  return events.reduce(
    (state, event) => complaint.evolve(state, { eventId: '', occurredAt: RAISED_AT, ...event }),
    complaint.initial,
  );
}

describe('AcknowledgeComplaint', () => {
  const acknowledge = { type: 'AcknowledgeComplaint', channel: 'email' } as const;

  it('meets the deadline', () => {
    when(open, acknowledge).then([{ type: 'ComplaintAcknowledged', data: { channel: 'email' } }]);
  });
  it('is in time at the very deadline', () => {
    when(open, acknowledge, ACKNOWLEDGE_BY).then([{ type: 'ComplaintAcknowledged', data: { channel: 'email' } }]);
  });
  it('that comes too late records the breach that nobody has recorded, when the deadline passed', () => {
    when(open, acknowledge, '2026-06-15T14:00:00.001Z').then([
      breached('acknowledgement', ACKNOWLEDGE_BY),
      { type: 'ComplaintAcknowledged', data: { channel: 'email' } },
    ]);
  });
  it('that comes too late records no breach again', () => {
    when([...open, breached('acknowledgement', ACKNOWLEDGE_BY)], acknowledge, '2026-06-15T15:00:00Z').then([
      { type: 'ComplaintAcknowledged', data: { channel: 'email' } },
    ]);
  });
  it('is refused a second time', () => {
    when([...open, acknowledged], acknowledge).thenRefused('complaint-acknowledged-once', { kind: 'conflict' });
  });
});

describe('AssessComplaint', () => {
  const assess = { type: 'AssessComplaint', severity: 'critical', reason: 'A child could be hurt.' } as const;
  const assessed = { type: 'ComplaintAssessed', data: { severity: 'critical', reason: assess.reason } } as const;

  it('with another severity moves the deadlines, from when it was opened', () => {
    when(open, { ...assess, severity: 'low' }).then([
      { type: 'ComplaintAssessed', data: { severity: 'low', reason: assess.reason } },
      set('acknowledgement', '2026-06-17T09:00:00Z'),
      set('resolution', '2026-06-29T09:00:00Z'),
    ]);
  });
  it('with the same severity leaves them', () => {
    when(open, { ...assess, severity: 'high' }).then([
      { type: 'ComplaintAssessed', data: { severity: 'high', reason: assess.reason } },
    ]);
  });
  it('sets none that has passed already: one that would have is due at once', () => {
    when(open, assess).then([assessed, set('acknowledgement', NOON), set('resolution', '2026-06-16T09:00:00Z')]);
  });
  it('moves neither what was met, nor what was missed, nor what stands still', () => {
    when([...open, acknowledged], assess).then([assessed, set('resolution', '2026-06-16T09:00:00Z')]);
    when([...open, breached('acknowledgement', ACKNOWLEDGE_BY)], assess, '2026-06-15T15:00:00Z').then([
      assessed,
      set('resolution', '2026-06-16T09:00:00Z'),
    ]);
    when([...open, acknowledged, waiting], assess).then([assessed]);
  });
  it('records first what was missed by then', () => {
    when(open, { ...assess, severity: 'low' }, '2026-06-15T15:00:00Z').then([
      breached('acknowledgement', ACKNOWLEDGE_BY),
      { type: 'ComplaintAssessed', data: { severity: 'low', reason: assess.reason } },
      set('resolution', '2026-06-29T09:00:00Z'),
    ]);
  });
});

describe('AssignComplaint', () => {
  const assign = { type: 'AssignComplaint', agentId: 'e-1', line: 'specialist' } as const;
  const assigned: Given<ComplaintEvent> = { type: 'ComplaintAssigned', data: { agentId: 'e-1', line: 'specialist' } };

  it('assigns, and assigns to another', () => {
    when(open, assign).then([assigned]);
    when([...open, assigned], { ...assign, agentId: 'e-2' }).then([
      { type: 'ComplaintAssigned', data: { agentId: 'e-2', line: 'specialist' } },
    ]);
  });
  it('has nothing to do where it is so already', () => {
    when([...open, assigned], assign).thenNothing();
  });
});

describe('WaitOnCustomer and ResumeComplaint', () => {
  it('stop the clock of the resolution deadline, and set it again by what was left', () => {
    // Two hours of 24 were spent from 09:00 to 11:00; 22 remain from Wednesday 08:00.
    when([...open, acknowledged, waiting], { type: 'ResumeComplaint' }, '2026-06-17T08:00:00Z').then([
      { type: 'ComplaintResumed', data: {} },
      set('resolution', '2026-06-19T15:00:00Z'),
    ]);
  });
  it('count every pause', () => {
    const resumed = at('2026-06-17T08:00:00Z', { type: 'ComplaintResumed', data: {} } as Given<ComplaintEvent>);
    const again = at('2026-06-17T10:00:00Z', waiting);
    when([...open, waiting, resumed, again], { type: 'ResumeComplaint' }, '2026-06-18T08:00:00Z').then([
      { type: 'ComplaintResumed', data: {} },
      set('resolution', '2026-06-22T12:00:00Z'),
    ]);
  });
  it('go by the severity that was assessed meanwhile', () => {
    const low = {
      type: 'ComplaintAssessed',
      data: { severity: 'critical', reason: 'Worse.' },
    } as Given<ComplaintEvent>;
    when([...open, waiting, low], { type: 'ResumeComplaint' }, '2026-06-17T08:00:00Z').then([
      { type: 'ComplaintResumed', data: {} },
      set('resolution', '2026-06-17T15:00:00Z'),
    ]);
  });
  it('set no deadline that was missed before', () => {
    const missed = [...open, breached('resolution', RESOLVE_BY)];
    when([...missed, waiting], { type: 'ResumeComplaint' }, '2026-06-19T08:00:00Z').then([
      { type: 'ComplaintResumed', data: {} },
    ]);
  });
  it('record first what was missed when the waiting began', () => {
    when(open, { type: 'WaitOnCustomer', question: 'When?' }, '2026-06-19T08:00:00Z').then([
      breached('acknowledgement', ACKNOWLEDGE_BY),
      breached('resolution', RESOLVE_BY),
      { type: 'ComplaintWaitingOnCustomer', data: { question: 'When?' } },
    ]);
  });
});

describe('EscalateComplaint', () => {
  const escalate = { type: 'EscalateComplaint', to: 'specialist', reason: 'Technical.' } as const;
  const escalated: Given<ComplaintEvent> = {
    type: 'ComplaintEscalated',
    data: { to: 'specialist', reason: 'Technical.' },
  };

  it('goes to a higher line', () => {
    when(open, escalate).then([escalated]);
    when([...open, escalated], { ...escalate, to: 'management' }).then([
      { type: 'ComplaintEscalated', data: { to: 'management', reason: 'Technical.' } },
    ]);
  });
  it('is refused to the same line or a lower one, wherever it was assigned', () => {
    when([...open, escalated], escalate).thenRefused('escalation-goes-up', { kind: 'conflict', field: 'to' });
    const assigned: Given<ComplaintEvent> = { type: 'ComplaintAssigned', data: { agentId: 'e', line: 'management' } };
    when([...open, assigned], escalate).thenRefused('escalation-goes-up');
  });
});

describe('ResolveComplaint', () => {
  const paid = { outcome: 'monetaryRelief', compensation: { amount: 500, currency: 'EUR' } } as const;

  it.each(['explanation', 'monetaryRelief', 'nonMonetaryRelief', 'rejected'] as const)(
    'resolves an open complaint by %s',
    (outcome) => {
      when(open, { type: 'ResolveComplaint', outcome }).then([{ type: 'ComplaintResolved', data: { outcome } }]);
    },
  );
  it('keeps what was paid', () => {
    when(open, { type: 'ResolveComplaint', ...paid }).then([{ type: 'ComplaintResolved', data: paid }]);
  });
  it.each([
    [{ amount: 500 }, 'compensation.currency'],
    [{ currency: 'EUR' }, 'compensation.amount'],
  ])('is refused with a compensation of %j', (compensation, field) => {
    when(open, { type: 'ResolveComplaint', ...paid, compensation }).thenRefused('amount-with-currency', {
      kind: 'invalid',
      field,
    });
  });
  it('that comes too late records what was missed', () => {
    when([...open, acknowledged], { type: 'ResolveComplaint', outcome: 'rejected' }, '2026-06-19T08:00:00Z').then([
      breached('resolution', RESOLVE_BY),
      { type: 'ComplaintResolved', data: { outcome: 'rejected' } },
    ]);
  });
});

describe('TellResolution, DisputeResolution, CloseComplaint', () => {
  it.each<[State, ComplaintMove, Expected<ComplaintEvent>]>([
    [
      'resolved',
      { type: 'TellResolution', channel: 'phone' },
      { type: 'ComplaintResolutionTold', data: { channel: 'phone' } },
    ],
    [
      'told',
      { type: 'DisputeResolution', reason: 'Too little.' },
      { type: 'ComplaintResolutionDisputed', data: { reason: 'Too little.' } },
    ],
    ['told', { type: 'CloseComplaint', reason: 'Content.' }, { type: 'ComplaintClosed', data: { reason: 'Content.' } }],
    ['disputed', { type: 'CloseComplaint' }, { type: 'ComplaintClosed', data: {} }],
  ])('a complaint that is %s', (state, move, expected) => {
    when(states[state], move).then([expected]);
  });
});

describe('ReopenComplaint', () => {
  it('begins anew: both deadlines, an acknowledgement, and breaches of its own', () => {
    const reopenedAt = '2026-06-22T09:00:00Z';
    const once = [...states.disputed, breached('acknowledgement', ACKNOWLEDGE_BY)];
    when(once, { type: 'ReopenComplaint', reason: 'They are right.' }, reopenedAt).then([
      { type: 'ComplaintReopened', data: { reason: 'They are right.' } },
      set('acknowledgement', '2026-06-22T14:00:00Z'),
      set('resolution', '2026-06-25T09:00:00Z'),
    ]);
    const reopened = [
      { type: 'ComplaintReopened', data: {} } as Given<ComplaintEvent>,
      set('acknowledgement', '2026-06-22T14:00:00Z'),
    ].map((event) => at(reopenedAt, event));
    when([...once, acknowledged, ...reopened], { type: 'AcknowledgeComplaint' }, '2026-06-22T15:00:00Z').then([
      breached('acknowledgement', '2026-06-22T14:00:00Z'),
      { type: 'ComplaintAcknowledged', data: {} },
    ]);
  });
});
