import type { AssessRisk } from '#commands/handlers/retention.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, history, recorded, SPEC_CUSTOMER } from '#testing/recorded.js';
import { assessRisk } from './assess-risk.policy.js';
import { signOf } from './risk-signs.js';

const OTHER = derivedId('customer', 'spec', '2');
const id = derivedId('spec', '1');
const scale = { min: 1, max: 5 };
const complained: Happening = {
  type: 'CustomerComplained',
  data: { issue: 'Late', severity: 'high', channel: 'web' },
  streamId: `complaint-${id}`,
};
const answer = (type: string, data: object): Happening =>
  ({ type, data: { surveyId: id, scale, ...data }, streamId: `satisfaction-${id}` }) as Happening;
const purchased: Happening = {
  type: 'CustomerPurchased',
  data: {
    customerId: SPEC_CUSTOMER,
    currency: 'USD',
    lines: [{ lineId: '1', kind: 'product', quantity: 1, total: 1 }],
    subtotal: 1,
    discount: 0,
    shipping: 0,
    tax: 0,
    total: 1,
  },
};
const complaintEvent = (type: string): Happening =>
  ({ type, data: {}, streamId: `complaint-${id}` }) as unknown as Happening;
const handled = answer('ComplaintHandlingRated', { complaintId: id, speed: 1, attitude: 5, outcome: 3 });
const quality = { instrument: 'servqual5', dimension: 'empathy', expectation: 5 };

describe('the sign in an event', () => {
  it.each<[Happening, object]>([
    [complained, { sign: 'unsettled', complaintId: id }],
    [complaintEvent('ComplaintResolutionDisputed'), { sign: 'unsettled', complaintId: id }],
    [complaintEvent('ComplaintReopened'), { sign: 'unsettled', complaintId: id }],
    [complaintEvent('ComplaintResolved'), { sign: 'settled', complaintId: id }],
    [complaintEvent('ComplaintClosed'), { sign: 'settled', complaintId: id }],
    [complaintEvent('ComplaintAttributed'), { sign: 'complaintFound', complaintId: id }],
    [answer('NpsAnswered', { score: 2 }), { sign: 'rated', about: 'nps', surveyId: id, share: 0.25 }],
    [answer('CsatAnswered', { score: 5 }), { sign: 'rated', about: 'csat', surveyId: id, share: 1 }],
    [handled, { sign: 'rated', about: 'complaintHandling', surveyId: id, share: 0.5 }],
    [
      answer('ServiceQualityRated', { ...quality, perception: 1 }),
      { sign: 'rated', about: 'serviceQuality.empathy', surveyId: id, share: 0 },
    ],
    [
      { type: 'PromiseBroken', data: { promiseId: id } },
      { sign: 'promiseBroken', promiseId: id },
    ],
    [purchased, { sign: 'bought' }],
  ])('$type', (happening, expected) => {
    const [event] = history([happening]);
    const { eventId, metadata } = event!;
    expect(signOf(event!)).toEqual({ ...expected, eventId, occurredAt: metadata.occurredAt, position: '1' });
  });

  it('is none in an expectation, which says nothing about what came of it', () => {
    expect(signOf(history([answer('ExpectationRecorded', quality)])[0]!)).toBeUndefined();
  });
});

describe('the policy that assesses the risk', () => {
  const signsOf = (events: Recorded<RapportEvent>[]) =>
    (assessRisk.react(events) as AssessRisk[]).map(({ customerId, signs }) => [customerId, signs.length]);

  it('makes one command of the signs of one customer, with their positions, in order', () => {
    const events = history([complained, { ...complained, customerId: OTHER }, complaintEvent('ComplaintClosed')]);
    expect(assessRisk.react(events)).toMatchObject([
      {
        customerId: SPEC_CUSTOMER,
        signs: [
          { sign: 'unsettled', position: '1' },
          { sign: 'settled', position: '3' },
        ],
        meta: { causationId: events[2]!.eventId, decidedBy: { policy: 'assess_risk' } },
      },
      { customerId: OTHER, signs: [{ sign: 'unsettled', position: '2' }] },
    ]);
  });
  it('makes the same commands, with the same ids, of the same events', () => {
    const events = history([complained, purchased]);
    expect(assessRisk.react(events)).toEqual(assessRisk.react(events));
  });
  it('parts the signs of a customer who has more of them than an append should hold', () => {
    expect(signsOf(history(Array.from({ length: 101 }, () => complained)))).toEqual([
      [SPEC_CUSTOMER, 50],
      [SPEC_CUSTOMER, 50],
      [SPEC_CUSTOMER, 1],
    ]);
  });
  it('passes over what is nobody’s', () => {
    const [event] = history([complained]);
    const { customerId: _, ...metadata } = event!.metadata;
    expect(signsOf([{ ...event!, metadata }])).toEqual([]);
  });
  it('passes over what was history when it was recorded, so that an import costs nothing', () => {
    const [event] = history([{ ...purchased, occurredAt: '2020-01-01T00:00:00Z' }]);
    const at = (recordedAt: string) => signsOf([recorded({ ...event!, recordedAt })]);
    expect(at('2022-12-31T00:00:00Z')).toEqual([[SPEC_CUSTOMER, 1]]);
    expect(at('2022-12-31T00:00:01Z')).toEqual([]);
  });
  it('begins at the head, because it speaks of the present', () => {
    expect(assessRisk.startAt).toBe('head');
  });
});
