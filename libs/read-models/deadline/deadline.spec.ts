import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, history } from '#testing/recorded.js';
import { deadline } from './deadline.projection.js';
import type { DeadlinesOfOwner } from './deadline.table.js';

const complaint = `complaint-${derivedId('complaint', 'spec', '1')}`;
const first = '2026-06-15T14:00:00Z';
const second = '2026-06-18T09:00:00Z';

const set = (metric: 'acknowledgement' | 'resolution', dueAt: string): RapportEvent => ({
  type: 'ComplaintDeadlineSet',
  data: { metric, dueAt, calendarVersion: 1 },
});
const both = [set('acknowledgement', first), set('resolution', second)];

/** The row after events of one owner. */
function rowAfter(...events: RapportEvent[]): DeadlinesOfOwner | undefined {
  const happenings = events.map((event) => ({ ...event, streamId: complaint }) as Happening);
  return history(happenings).reduce<DeadlinesOfOwner | undefined>((row, event) => {
    expect(deadline.key(event)).toBe(complaint);
    return deadline.evolve(row, event);
  }, undefined);
}

const running = (row: DeadlinesOfOwner | undefined) => row?.deadlines.map(({ kind, dueAt }) => `${kind} ${dueAt}`);

describe('the deadlines of a complaint', () => {
  it('run from when they are set, and say which event set them', () => {
    const row = rowAfter(...both)!;
    expect(row).toMatchObject({ owner: complaint, nextDueAt: first, position: 2 });
    expect(row.deadlines[1]).toEqual({
      kind: 'complaintResolution',
      dueAt: second,
      causationId: derivedId('event', '2'),
      correlationId: derivedId('command', '2'),
    });
  });
  it('are replaced by a later one of the same metric', () => {
    expect(rowAfter(...both, set('acknowledgement', '2026-06-19T09:00:00Z'))).toMatchObject({ nextDueAt: second });
  });
  it.each<[string, RapportEvent, string[] | undefined]>([
    ['acknowledged', { type: 'ComplaintAcknowledged', data: {} }, [`complaintResolution ${second}`]],
    ['waiting', { type: 'ComplaintWaitingOnCustomer', data: {} }, [`complaintAcknowledgement ${first}`]],
    ['resolved', { type: 'ComplaintResolved', data: { outcome: 'rejected' } }, undefined],
    [
      'late',
      { type: 'ComplaintSlaBreached', data: { metric: 'acknowledgement', dueAt: first } },
      [`complaintResolution ${second}`],
    ],
  ])('end when it is %s', (_, event, left) => {
    expect(running(rowAfter(...both, event))).toEqual(left);
  });
});

it('of any other event is none', () => {
  const [event] = history([{ type: 'ComplaintAssigned', data: { agentId: 'e-1' }, streamId: complaint }]);
  expect(deadline.key(event!)).toBeUndefined();
});
