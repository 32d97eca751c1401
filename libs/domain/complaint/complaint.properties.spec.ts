import fc from 'fast-check';
import { COMPLAINT_METRICS, COMPLAINT_OUTCOMES, RESOLUTION_LINES, SEVERITIES } from '#contracts/codes.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { holds, play } from '#testing/property.js';
import type { ComplaintCommand, ComplaintRequest } from './commands.js';
import { complaint } from './complaint.decider.js';
import { defaultComplaintRulesPublished } from './rules.js';
import type { ComplaintState } from './state.js';

type Played = ReturnType<typeof play<ComplaintState, ComplaintCommand, ComplaintEvent>>[number];

const START = Date.parse('2026-06-15T08:00:00Z');
const HOUR_MS = 3_600_000;
const customers = [derivedId('customer', '1'), derivedId('customer', '2')];

const request: fc.Arbitrary<ComplaintRequest> = fc.oneof(
  fc.record({
    type: fc.constant('RaiseComplaint' as const),
    issue: fc.constantFrom('Late', 'Broken'),
    severity: fc.constantFrom(...SEVERITIES),
    channel: fc.constantFrom('phone', 'other'),
  }),
  fc.record({ type: fc.constant('AttributeComplaint' as const), customerId: fc.constantFrom(...customers) }),
  fc.record({
    type: fc.constant('AssessComplaint' as const),
    severity: fc.constantFrom(...SEVERITIES),
    reason: fc.constant('Looked at.'),
  }),
  fc.record({ type: fc.constant('AssignComplaint' as const), agentId: fc.constantFrom('a', 'b') }),
  fc.record({
    type: fc.constant('EscalateComplaint' as const),
    to: fc.constantFrom(...RESOLUTION_LINES),
    reason: fc.constant('Asked for.'),
  }),
  fc.record({
    type: fc.constant('ResolveComplaint' as const),
    outcome: fc.constantFrom(...COMPLAINT_OUTCOMES),
    compensation: fc.option(fc.record({ amount: fc.nat(), currency: fc.constant('USD') }, { requiredKeys: [] }), {
      nil: undefined,
    }),
  }),
  fc.record({ type: fc.constant('TellResolution' as const), channel: fc.constant('email') }),
  fc
    .constantFrom('AcknowledgeComplaint', 'WaitOnCustomer', 'ResumeComplaint', 'ReopenComplaint', 'CloseComplaint')
    .map((type) => ({ type }) as ComplaintRequest),
  fc.constant({ type: 'DisputeResolution' as const }),
);

/** A request so many hours after the one before; or the timers, if they find a deadline that has passed by then. */
const step = fc.record({
  request: fc.option(request, { nil: 'timers' as const, freq: 4 }),
  hours: fc.integer({ min: 0, max: 30 }),
});

/** Plays the steps upon a complaint that was raised: what became of each. */
function course(steps: { request: ComplaintRequest | 'timers'; hours: number }[]) {
  const raise = { type: 'RaiseComplaint', issue: 'Late', severity: 'critical', channel: 'phone' } as const;
  const rules = [defaultComplaintRulesPublished];
  const moves: Played[] = [];
  let now = START;
  const send = (request: ComplaintRequest, occurredAt: string): void => {
    const initial = moves.at(-1)?.after ?? complaint.initial;
    const businessDate = new Date(now).toISOString().slice(0, 10);
    moves.push(
      ...play({ ...complaint, initial }, [{ command: { ...request, rules }, context: { occurredAt, businessDate } }]),
    );
  };
  send(raise, new Date(now).toISOString());
  for (const { request, hours } of steps) {
    now += hours * HOUR_MS;
    if (request !== 'timers') {
      send(request, new Date(now).toISOString());
      continue;
    }
    for (const metric of COMPLAINT_METRICS) {
      const dueAt = moves.at(-1)!.after.deadlines[metric];
      if (dueAt !== undefined && Date.parse(dueAt) <= now) send({ type: 'RecordSlaBreach', metric, dueAt }, dueAt);
    }
  }
  return moves;
}

describe('Any interleaving of complaint commands and timers', () => {
  it('breaches a metric once an opening, and only a deadline that was set and had passed', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const breached = new Set<string>();
        const deadlines = new Map<string, string>();
        let opening = 0;
        for (const { decided, context } of course(steps)) {
          for (const { type, data, occurredAt } of decided) {
            if (type === 'ComplaintReopened') opening += 1;
            if (type === 'ComplaintDeadlineSet') {
              deadlines.set(data.metric, data.dueAt);
              expect(data.dueAt >= occurredAt).toBe(true);
              expect(breached.has(`${opening} ${data.metric}`)).toBe(false);
            }
            if (type !== 'ComplaintSlaBreached') continue;
            expect(deadlines.get(data.metric)).toBe(data.dueAt);
            expect(occurredAt).toBe(data.dueAt);
            expect(data.dueAt <= context.occurredAt).toBe(true);
            expect(breached.has(`${opening} ${data.metric}`)).toBe(false);
            breached.add(`${opening} ${data.metric}`);
          }
        }
      }),
    );
  });

  it('tells what was resolved, disputes what was told, closes what was told, and attributes once', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const letters: Record<string, string> = {
          ComplaintWaitingOnCustomer: 'w',
          ComplaintResumed: 'r',
          ComplaintResolved: 'S',
          ComplaintResolutionTold: 'T',
          ComplaintResolutionDisputed: 'D',
          ComplaintClosed: 'C',
          ComplaintReopened: 'O',
        };
        const events = course(steps).flatMap(({ decided }) => decided);
        const moves = events.map(({ type }) => letters[type] ?? '').join('');
        expect(moves).toMatch(/^((wr)*w?(S(TD?C?)?)?O)*(wr)*w?(S(TD?C?)?)?$/);
        expect(events.filter(({ type }) => type === 'ComplaintAttributed').length).toBeLessThanOrEqual(1);
        for (const { data } of events) {
          if (!('outcome' in data)) continue;
          const { amount, currency } = data.compensation ?? {};
          expect(amount === undefined).toBe(currency === undefined);
        }
      }),
    );
  });

  it('leaves no deadline running once it is resolved, and one a metric at most', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        for (const { after } of course(steps)) {
          const { status, deadlines, acknowledged, breached } = after;
          if (!['open', 'waiting'].includes(status)) expect(deadlines).toEqual({});
          if (status === 'waiting' || breached.includes('resolution')) expect(deadlines.resolution).toBeUndefined();
          if (acknowledged || breached.includes('acknowledgement')) expect(deadlines.acknowledgement).toBeUndefined();
          if (status === 'open') {
            const isOwed = !acknowledged && !breached.includes('acknowledgement');
            expect(deadlines.acknowledgement !== undefined).toBe(isOwed);
          }
        }
      }),
    );
  });
});
