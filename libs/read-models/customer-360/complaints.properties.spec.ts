import fc from 'fast-check';
import type { ComplaintEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { ComplaintRequest } from '#domain/complaint/commands.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { defaultComplaintRulesPublished } from '#domain/complaint/rules.js';
import { type ComplaintStep, complaintCourse, complaintSteps, type PlayedMove } from '#testing/complaint-course.js';
import { holds } from '#testing/property.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';

const streamId = `complaint-${derivedId('complaint', 'spec')}`;
const rules = [defaultComplaintRulesPublished];

/** The row of the customer after what is recorded of a complaint under the customer's name. */
function rowAfter(events: (ComplaintEvent & { occurredAt?: string })[]): Omit<Customer360, 'position'> {
  const recorded = history(events.map((event) => ({ ...event, streamId }) as Happening));
  const row = recorded.reduce<Customer360 | undefined>((row, event) => customer360.evolve(row, event), undefined)!;
  return { ...row, position: 0 } as Omit<Customer360, 'position'>;
}

/** Attributes the complaint after one of its moves; from then on both rows are the same. */
function compare(moves: PlayedMove[], at: number): void {
  const { after, context } = moves[at]!;
  const attributed = complaint.decide({ type: 'AttributeComplaint', customerId: SPEC_CUSTOMER, rules }, after, context);
  const events = moves.map(({ decided }) => decided);
  for (let until = at + 1; until <= moves.length; until += 1) {
    const later = events.slice(at + 1, until).flat();
    expect(rowAfter([...attributed, ...later])).toEqual(rowAfter(events.slice(0, until).flat()));
  }
}

const step = (request: ComplaintRequest | 'timers'): ComplaintStep => ({
  request,
  hours: request === 'timers' ? 48 : 1,
});
const resolved = step({ type: 'ResolveComplaint', outcome: 'explanation' });
const told = step({ type: 'TellResolution', channel: 'phone' });
const disputed = step({ type: 'DisputeResolution' });
const assigned = step({ type: 'AssignComplaint', agentId: 'ann' });
const waiting = step({ type: 'WaitOnCustomer' });

describe('a complaint that is attributed later has the same row as one whose customer was known from the start', () => {
  it.each<[string, ComplaintStep[]]>([
    ['received', []],
    ['acknowledged', [step({ type: 'AcknowledgeComplaint' })]],
    ['assigned', [assigned]],
    ['escalated', [assigned, step({ type: 'EscalateComplaint', to: 'management', reason: 'Asked for.' })]],
    ['waiting on the customer', [waiting]],
    ['resumed', [assigned, waiting, step({ type: 'ResumeComplaint' })]],
    ['late', [step('timers')]],
    ['late and waiting on the customer', [step('timers'), waiting]],
    ['late and acknowledged', [step('timers'), step({ type: 'AcknowledgeComplaint' })]],
    ['resolved', [assigned, resolved]],
    ['told', [resolved, told]],
    ['disputed', [step('timers'), resolved, told, disputed]],
    ['closed', [resolved, told, step({ type: 'CloseComplaint' })]],
    ['reopened', [resolved, told, disputed, step({ type: 'ReopenComplaint' })]],
  ])('when it was %s', (_, steps) => {
    const moves = complaintCourse([...steps, step({ type: 'ReopenComplaint' })]);
    compare(moves, moves.length - 2);
  });

  it('whatever it had come to, and whatever becomes of it', () => {
    holds(
      fc.property(complaintSteps, fc.nat(), (steps, at) => {
        const own = steps.filter(({ request }) => request === 'timers' || request.type !== 'AttributeComplaint');
        const moves = complaintCourse(own);
        compare(moves, at % moves.length);
      }),
    );
  });
});
