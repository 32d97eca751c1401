import fc from 'fast-check';
import { COMPLAINT_METRICS, COMPLAINT_OUTCOMES, RESOLUTION_LINES, SEVERITIES } from '#contracts/codes.js';
import type { ComplaintEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { ComplaintCommand, ComplaintRequest } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { defaultComplaintRulesPublished } from '#domain/complaint/rules.js';
import type { ComplaintState } from '#domain/complaint/state.js';
import { play } from './property.js';

/** What became of one request. */
export type PlayedMove = ReturnType<typeof play<ComplaintState, ComplaintCommand, ComplaintEvent>>[number];

const START = Date.parse('2026-06-15T08:00:00Z');
const HOUR_MS = 3_600_000;
/** To whom a step may attribute it. */
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

export interface ComplaintStep {
  request: ComplaintRequest | 'timers';
  hours: number;
}

/** A request so many hours after the one before; or the timers, if they find a deadline that has passed by then. */
const step: fc.Arbitrary<ComplaintStep> = fc.record({
  request: fc.option(request, { nil: 'timers' as const, freq: 4 }),
  hours: fc.integer({ min: 0, max: 30 }),
});

/** What may come after a complaint was raised. */
export const complaintSteps = fc.array(step, { maxLength: 25 });

/** Plays the steps upon a complaint that was raised, of nobody known: what became of each. */
export function complaintCourse(steps: ComplaintStep[]): PlayedMove[] {
  const raise = { type: 'RaiseComplaint', issue: 'Late', severity: 'critical', channel: 'phone' } as const;
  const rules = [defaultComplaintRulesPublished];
  const moves: PlayedMove[] = [];
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
