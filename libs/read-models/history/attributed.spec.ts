import { derivedId } from '#contracts/ids.js';
import type { RecordedEvent } from '#processing/projection.js';
import { type Happening, history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360In } from './as-of.js';

const complaintId = derivedId('complaint', '1');
const ofComplaint = (type: string, occurredAt: string, data: object = {}): Happening => {
  return { type, data, occurredAt, streamId: `complaint-${complaintId}` } as Happening;
};
const acquired: Happening = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
  occurredAt: '2026-01-01T00:00:00Z',
};
const complained = ofComplaint('CustomerComplained', '2026-03-01T10:00:00Z', {
  issue: 'Late',
  severity: 'low',
  channel: 'web',
});
const acknowledged = ofComplaint('ComplaintAcknowledged', '2026-03-02T10:00:00Z');
const resolved = ofComplaint('ComplaintResolved', '2026-03-05T10:00:00Z', { outcome: 'explanation' });
const called: Happening = {
  type: 'InteractionRecorded',
  data: {
    channel: 'phone',
    direction: 'inbound',
    phase: 'before',
    purpose: 'enquiry',
    startedAt: '2026-02-01T10:00:00Z',
  },
  occurredAt: '2026-02-01T10:00:00Z',
  streamId: 'interaction-1',
};
const attributed = (type: 'ComplaintAttributed' | 'InteractionAttributed', streamId: string): Happening => {
  return { type, data: { customerId: SPEC_CUSTOMER }, occurredAt: '2026-06-15T10:00:00Z', streamId } as Happening;
};

/** Recorded in this order; the complaint and the call named nobody until both were attributed. */
const events = history([
  acquired,
  complained,
  acknowledged,
  resolved,
  called,
  attributed('ComplaintAttributed', `complaint-${complaintId}`),
  attributed('InteractionAttributed', 'interaction-1'),
]).map((event): RecordedEvent => {
  const { customerId, ...nobody } = event.metadata;
  return event.position > 1n && event.position < 6n ? { ...event, metadata: nobody } : event;
});

const on = (effectiveAt: string | undefined, recorded = events) =>
  customer360In({ customerId: SPEC_CUSTOMER, events: recorded, rules: [] }, effectiveAt, '2026-06-15')!;

describe('a day of the past with what was attributed later', () => {
  it.each([
    ['2026-01-15', 0, 0, []],
    ['2026-02-15', 1, 0, []],
    ['2026-03-01', 1, 1, ['received']],
    ['2026-03-03', 1, 1, ['acknowledged']],
    ['2026-03-10', 1, 1, []],
  ])('counts it as always known: on %s %i interactions and %i complaints', (day, interactions, complaints, open) => {
    const view = on(day);
    expect(view).toMatchObject({ interactions, complaints });
    expect(view.openComplaints.map(({ status }) => status)).toEqual(open);
  });

  it('counts it once', () => {
    expect(on('2026-06-15')).toMatchObject({ interactions: 1, complaints: 1, openComplaints: [] });
    expect(on(undefined)).toMatchObject({ interactions: 1, complaints: 1 });
  });

  it('does not count what nobody had attributed by then', () => {
    expect(on('2026-03-03', events.slice(0, 5))).toMatchObject({ interactions: 0, complaints: 0 });
  });
});
