import type { ComplaintEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { complaint } from './complaint.projection.js';
import type { Complaint } from './complaint.table.js';

const complaintId = derivedId('complaint', 'spec', '1');
const DUE = '2026-06-15T14:00:00Z';
const LATER = '2026-06-18T09:00:00Z';

const complained: ComplaintEvent = {
  type: 'CustomerComplained',
  data: {
    customerId: SPEC_CUSTOMER,
    product: { id: 'SKU-1' },
    issue: 'Late',
    severity: 'high',
    channel: 'phone',
    description: 'My name is Hoa.',
    desiredOutcome: 'An apology',
  },
};
const set = (metric: 'acknowledgement' | 'resolution', dueAt: string): ComplaintEvent => ({
  type: 'ComplaintDeadlineSet',
  data: { metric, dueAt, calendarVersion: 1 },
});
const opened = [complained, set('acknowledgement', DUE), set('resolution', LATER)];

function rowAfter(...events: ComplaintEvent[]): Complaint {
  const happenings = [...opened, ...events].map((event) => ({ ...event, streamId: `complaint-${complaintId}` }));
  return history(happenings).reduce<Complaint | undefined>((row, event) => complaint.evolve(row, event), undefined)!;
}

describe('the complaint view', () => {
  it('shows what was complained about, and what the domain makes of its course', () => {
    const row = rowAfter(
      { type: 'ComplaintAssigned', data: { agentId: 'e-1', line: 'specialist' } },
      { type: 'ComplaintAssessed', data: { severity: 'critical', reason: 'Worse.' } },
    );
    expect(row).toMatchObject({
      complaintId,
      customerId: SPEC_CUSTOMER,
      issue: 'Late',
      product: { id: 'SKU-1' },
      severity: 'critical',
      opening: 1,
      state: { status: 'open', line: 'specialist', assigned: { agentId: 'e-1' } },
      position: 5,
    });
    expect(row.course.map(({ type }) => type)).toEqual([
      'CustomerComplained',
      'ComplaintDeadlineSet',
      'ComplaintDeadlineSet',
      'ComplaintAssigned',
      'ComplaintAssessed',
    ]);
    expect(row.course[3]).toMatchObject({ eventId: derivedId('event', '4'), data: { agentId: 'e-1' } });
  });

  it('holds personal data only as they are sealed in the log', () => {
    const text = JSON.stringify(rowAfter());
    expect(text).not.toContain('Hoa');
    expect(text).not.toContain('apology');
    const sealed = { ...complained.data, description: { $personal: 'AAAA', person: SPEC_CUSTOMER } };
    const [event] = history([{ ...complained, streamId: `complaint-${complaintId}` }]);
    const row = complaint.evolve(undefined, { ...event!, sealed })!;
    expect(row.course[0]!.data).toEqual(sealed);
  });

  it.each<[string, ComplaintEvent[], [string, string][]]>([
    [
      'running',
      [],
      [
        ['acknowledgement', 'running'],
        ['resolution', 'running'],
      ],
    ],
    [
      'met and stopped',
      [
        { type: 'ComplaintAcknowledged', data: {} },
        { type: 'ComplaintWaitingOnCustomer', data: {} },
      ],
      [
        ['acknowledgement', 'met'],
        ['resolution', 'stopped'],
      ],
    ],
    [
      'running again',
      [
        { type: 'ComplaintWaitingOnCustomer', data: {} },
        { type: 'ComplaintResumed', data: {} },
        set('resolution', '2026-06-20T09:00:00Z'),
      ],
      [
        ['acknowledgement', 'running'],
        ['resolution', 'running'],
      ],
    ],
    [
      'missed, and not met by what comes afterwards',
      [
        { type: 'ComplaintSlaBreached', data: { metric: 'acknowledgement', dueAt: DUE } },
        { type: 'ComplaintAcknowledged', data: {} },
        { type: 'ComplaintResolved', data: { outcome: 'rejected' } },
      ],
      [
        ['acknowledgement', 'missed'],
        ['resolution', 'met'],
      ],
    ],
    ['gone when it is reopened', [{ type: 'ComplaintReopened', data: {} }], []],
  ])('shows deadlines that are %s', (_, events, expected) => {
    expect(rowAfter(...events).deadlines.map(({ metric, state }) => [metric, state])).toEqual(expected);
  });

  it('keeps the breaches of every opening, and the resolution of the present one', () => {
    const breached: ComplaintEvent = { type: 'ComplaintSlaBreached', data: { metric: 'resolution', dueAt: LATER } };
    const resolved: ComplaintEvent = { type: 'ComplaintResolved', data: { outcome: 'explanation' } };
    const told: ComplaintEvent = { type: 'ComplaintResolutionTold', data: { channel: 'email' } };
    expect(rowAfter(breached, resolved, told).resolution).toMatchObject({
      outcome: 'explanation',
      toldAt: expect.any(String),
    });
    const row = rowAfter(breached, resolved, told, { type: 'ComplaintReopened', data: {} }, breached);
    expect(row).toMatchObject({ opening: 2, resolution: null });
    expect(row.breaches.map(({ opening }) => opening)).toEqual([1, 2]);
  });

  it('learns later whose it is', () => {
    const { customerId: _, ...anonymous } = complained.data as { customerId?: string };
    const events = [
      { type: 'CustomerComplained', data: anonymous } as ComplaintEvent,
      { type: 'ComplaintAttributed', data: { customerId: SPEC_CUSTOMER } } as ComplaintEvent,
    ].map((event) => ({ ...event, streamId: `complaint-${complaintId}` }));
    const [first, second] = history(events);
    const before = complaint.evolve(undefined, first!);
    expect(before?.customerId).toBeNull();
    expect(complaint.evolve(before, second!)?.customerId).toBe(SPEC_CUSTOMER);
  });
});
