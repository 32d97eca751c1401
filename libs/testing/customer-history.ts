import fc from 'fast-check';
import {
  COMPLAINT_METRICS,
  CONSENT_PURPOSES,
  CONTACT_MEDIA,
  PHASES,
  RISK_BANDS,
  SERVQUAL_DIMENSIONS,
  SEVERITIES,
} from '#contracts/codes.js';
import type { EventType, RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Happening, SPEC_CUSTOMER } from './recorded.js';

const nth = (kind: string) => fc.integer({ min: 1, max: 3 }).map((n) => derivedId(kind, String(n)));
const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const amount = fc.integer({ min: 0, max: 1_000_000 });
const currency = fc.constantFrom('USD', 'VND');
const score = fc.integer({ min: 0, max: 10 });
const scale = { min: 0, max: 10 };
const costing = fc.option(fc.record({ cost: amount, revenue: amount }), { nil: undefined });
const lines = fc.array(
  fc.record({
    lineId: text,
    kind: fc.constant('product'),
    quantity: fc.nat(5),
    total: amount,
    unitCost: fc.option(fc.constantFrom('1.25', '3'), { nil: undefined }),
  }),
  { maxLength: 3 },
);
const content = fc.record({ lines, total: amount });

type Shape = Record<string, fc.Arbitrary<unknown>>;

/** Events of a customer's streams, of every type that the 360° view knows, in any order: nothing guards them. */
const ofCustomer: Partial<Record<EventType, Shape>> = {
  ProspectIdentified: {
    partyKind: fc.constant('person'),
    roles: fc.constant(['endConsumer']),
    channel: fc.constant('web'),
    name: text,
  },
  CustomerAcquired: {
    partyKind: fc.constant('organisation'),
    roles: fc.constant(['dealer']),
    channel: fc.constant('store'),
  },
  ExternalIdentityLinked: { identity: fc.record({ system: fc.constant('crm'), id: text }) },
  ProfileUpdated: {
    person: fc.record({ fullName: text, gender: fc.constantFrom('female', 'male') }, { requiredKeys: [] }),
    address: fc.record({ country: fc.constantFrom('VN', 'DE'), city: text }, { requiredKeys: [] }),
    language: fc.constantFrom('vi', 'en'),
  },
  ContactPointAdded: {
    contactPointId: nth('contact'),
    medium: fc.constantFrom(...CONTACT_MEDIA),
    value: text,
    preferred: fc.boolean(),
  },
  ContactPointVerified: { contactPointId: nth('contact') },
  ContactPointRemoved: { contactPointId: nth('contact') },
  PartyLinked: { relation: fc.constant('subsidiaryOf'), otherCustomerId: nth('customer') },
  PartyUnlinked: { relation: fc.constant('subsidiaryOf'), otherCustomerId: nth('customer') },
  ConsentGranted: { purpose: fc.constantFrom(...CONSENT_PURPOSES), basis: fc.constant('consent'), evidence: text },
  ConsentWithdrawn: { purpose: fc.constantFrom(...CONSENT_PURPOSES), basis: fc.constant('consent') },
  NeedRecorded: { needId: nth('need'), statement: text, expressed: fc.constant('stated') },
  NeedMet: { needId: nth('need') },
  PromiseMade: { promiseId: nth('promise'), what: text },
  PromiseKept: { promiseId: nth('promise'), outcome: fc.constantFrom('asPromised', 'moreThanPromised') },
  PromiseBroken: { promiseId: nth('promise') },
  OwnerAssigned: { ownerId: text },
  RelationshipLevelAssigned: { from: fc.constant('basic'), to: fc.constantFrom('basic', 'partnership'), reason: text },
  PotentialAssessed: { band: fc.constantFrom('low', 'high') },
  ChurnRiskAssessed: {
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    band: fc.constantFrom(...RISK_BANDS),
    factors: fc.constant([]),
    model: fc.constant({ name: 'spec', version: '1' }),
  },
  RetentionOfferMade: {
    offerId: nth('offer'),
    terms: text,
    treatment: fc.constant('mass'),
    expiresAt: fc.constant('9999-12-31T00:00:00Z'),
  },
  RetentionOfferDeclined: { offerId: nth('offer') },
  CustomerRetained: { basis: fc.constant('riskRecovered') },
  CustomerChurned: { how: fc.constant('voluntary') },
  CustomerWonBack: { trigger: text },
};

const ofPurchases: Partial<Record<EventType, Shape>> = {
  CustomerPurchased: { customerId: fc.constant(SPEC_CUSTOMER), currency, lines, total: amount },
  PurchaseCosted: { lines: fc.constant([]), currency, before: costing, after: costing },
  PurchaseReturned: { returnId: nth('return'), lines: fc.constant([]), refund: amount, currency, costing },
  PurchaseCancelled: { currency, refund: amount, costing },
  PurchaseCorrected: { before: content, after: content, reason: text, currency },
  UnlinkedReturnRecorded: { customerId: fc.constant(SPEC_CUSTOMER), currency, lines: fc.constant([]), refund: amount },
};

const ofComplaints: Partial<Record<EventType, Shape>> = {
  CustomerComplained: {
    issue: text,
    severity: fc.constantFrom(...SEVERITIES),
    channel: fc.constant('web'),
    description: text,
  },
  ComplaintAttributed: { customerId: fc.constant(SPEC_CUSTOMER) },
  ComplaintAcknowledged: { channel: fc.constant('web') },
  ComplaintDeadlineSet: {
    metric: fc.constantFrom(...COMPLAINT_METRICS),
    dueAt: fc.constant('2026-07-01T00:00:00Z'),
    calendarVersion: fc.constant(1),
  },
  ComplaintAssigned: { agentId: text },
  ComplaintResolved: { outcome: fc.constant('explanation') },
  ComplaintReopened: { reason: text },
};

const ofOthers: [EventType, string, Shape][] = [
  [
    'InteractionRecorded',
    'interaction',
    {
      channel: fc.constant('phone'),
      direction: fc.constant('inbound'),
      phase: fc.constantFrom(...PHASES),
      purpose: fc.constant('support'),
      outcome: text,
      startedAt: fc.constantFrom('2020-01-01T00:00:00Z', '2021-01-01T00:00:00.5Z'),
    },
  ],
  ['NpsAnswered', 'satisfaction', { surveyId: nth('survey'), scale: fc.constant(scale), score, comment: text }],
  ['CsatAnswered', 'satisfaction', { surveyId: nth('survey'), scale: fc.constant(scale), score }],
  [
    'ComplaintHandlingRated',
    'satisfaction',
    {
      surveyId: nth('survey'),
      scale: fc.constant(scale),
      complaintId: nth('complaint'),
      speed: score,
      attitude: score,
      outcome: score,
    },
  ],
  [
    'ExpectationRecorded',
    'satisfaction',
    {
      surveyId: nth('survey'),
      scale: fc.constant(scale),
      instrument: fc.constant('servqual5'),
      dimension: fc.constantFrom(...SERVQUAL_DIMENSIONS.servqual5),
      expectation: score,
    },
  ],
  [
    'ServiceQualityRated',
    'satisfaction',
    {
      surveyId: nth('survey'),
      scale: fc.constant(scale),
      instrument: fc.constant('servqual5'),
      dimension: fc.constantFrom(...SERVQUAL_DIMENSIONS.servqual5),
      expectation: score,
      perception: score,
    },
  ],
  [
    'PointsEarned',
    'loyalty',
    {
      lotId: nth('lot'),
      points: fc.integer({ min: 1, max: 500 }),
      sourceEventId: nth('source'),
      earnedOn: fc.constant('2020-06-01'),
      rulesVersion: fc.constant(1),
      breakdown: fc.constant({ amount: 100, currency: 'USD', minorUnitsPerPoint: 100, multiplier: '1' }),
    },
  ],
];

function eventsOf(category: string, id: fc.Arbitrary<string>, types: Partial<Record<EventType, Shape>>) {
  return Object.entries(types).map(([type, shape]) => {
    return fc
      .tuple(id, fc.record(shape as Shape))
      .map(([streamId, data]) => ({ type, data, streamId: `${category}-${streamId}` }));
  });
}

const body = fc.oneof(
  ...eventsOf('customer', fc.constant(SPEC_CUSTOMER), ofCustomer),
  ...eventsOf('purchase', nth('purchase'), ofPurchases),
  ...eventsOf('complaint', nth('complaint'), ofComplaints),
  ...ofOthers.flatMap(([type, category, shape]) => eventsOf(category, nth(category), { [type]: shape })),
) as unknown as fc.Arbitrary<RapportEvent & { streamId: string }>;

/** Written in as many ways as an instant can be, and often the same one. */
const occurredAt = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom('Z', '.5Z', '.500Z', '.123456789Z'))
  .map(([day, end]) => `${new Date(1_577_836_800_000 + day * 86_400_000).toISOString().slice(0, 19)}${end}`);

/** One event of the spec's customer. */
export const happeningOfCustomer: fc.Arbitrary<Happening> = fc
  .tuple(body, occurredAt)
  .map(([event, at]) => ({ ...event, occurredAt: at }) as Happening);

/** Any history of the spec's customer. */
export const historyOfCustomer: fc.Arbitrary<Happening[]> = fc.array(happeningOfCustomer, {
  minLength: 1,
  maxLength: 60,
});
