import {
  ALL_SERVQUAL_DIMENSIONS,
  CUSTOMER_STAGES,
  EXPECTATION_SOURCES,
  PARTY_KINDS,
  PHASES,
  RELATIONSHIP_LEVELS,
  SERVQUAL_INSTRUMENTS,
} from '#contracts/codes.js';
import type { JsonSchema } from '#contracts/fields.js';
import {
  code,
  count,
  day,
  flag,
  instant,
  listOf,
  mapOf,
  number,
  object,
  orNull,
  position,
  text,
  uuid,
  whole,
} from './schema.js';

/** Codes of a list that only ever grows: a consumer keeps one that it does not know. */
const openCode = text;

const who = {
  partyKind: orNull(code(PARTY_KINDS)),
  roles: listOf(openCode),
  name: orNull(text),
  profile: orNull(
    object(
      {},
      {
        person: object({}, { fullName: text, familyName: text, givenName: text, birthDate: day, gender: openCode }),
        organisation: object(
          {},
          {
            legalName: text,
            taxId: text,
            industry: object({ scheme: text, code: text }),
            serviceType: text,
            sizeBand: openCode,
          },
        ),
        address: object({}, { country: text, region: text, city: text, postalCode: text, lines: listOf(text) }),
        language: text,
      },
    ),
  ),
  externalIdentities: listOf(object({ system: text, id: text })),
  contactPoints: listOf(
    object(
      { contactPointId: uuid, medium: openCode, value: orNull(text), verified: flag, preferred: flag },
      { raw: text, label: text },
    ),
  ),
  parties: listOf(object({ relation: openCode, otherCustomerId: uuid })),
  consents: listOf(
    object({ purpose: openCode, channel: orNull(openCode), granted: flag, basis: openCode, since: instant }),
  ),
  channel: orNull(openCode),
  origin: orNull(
    object(
      {},
      {
        channelDetail: text,
        approach: openCode,
        campaignId: text,
        referredBy: uuid,
        intermediaryId: text,
        trigger: text,
      },
    ),
  ),
};

const wants = {
  needs: listOf(
    object(
      { needId: uuid, statement: orNull(text), expressed: openCode, since: instant },
      { category: text, productId: text },
    ),
  ),
  promises: orNull(
    object({
      open: listOf(object({ promiseId: uuid, what: orNull(text), madeAt: instant }, { dueAt: instant })),
      kept: count,
      exceeded: count,
      broken: count,
    }),
  ),
};

const bought = {
  purchases: count,
  totals: {
    ...mapOf(
      object(
        { purchases: count, items: whole, purchased: whole, refunded: whole, value: whole },
        {
          returns: count,
          unlinkedReturns: count,
          cancellations: count,
          corrections: count,
          cost: whole,
          costedRevenue: whole,
          margin: whole,
        },
      ),
    ),
    description: 'By currency, amounts in minor units. The margin is that of the lines whose cost is known.',
  },
  firstPurchaseAt: orNull(instant),
  lastPurchaseAt: orNull(instant),
  rhythmDays: { ...orNull(number), description: 'Mean days between purchases; null before the second.' },
  lastPurchases: listOf(
    object(
      { purchaseId: uuid, occurredAt: instant, currency: text, total: whole },
      { refunded: whole, cancelled: flag },
    ),
  ),
};

const stands = {
  customerStage: code(CUSTOMER_STAGES),
  qualification: orNull(object({ qualified: flag, since: instant }, { why: text })),
  acquiredAt: orNull(instant),
  retainedAt: orNull(instant),
  churnedAt: orNull(instant),
  wonBackAt: orNull(instant),
  churnRisk: orNull(
    object(
      {
        score: number,
        band: openCode,
        factors: listOf(
          object(
            { name: text, weight: number },
            { facts: listOf(object({ about: text, id: uuid, occurredAt: instant })) },
          ),
        ),
        model: object({ name: text, version: text }),
        assessedAt: instant,
      },
      { knownThrough: text },
    ),
  ),
  relationshipLevel: orNull(code(RELATIONSHIP_LEVELS)),
  potential: orNull(object({ band: openCode, assessedAt: instant }, { basis: text })),
  owner: orNull(object({ ownerId: text, since: instant })),
  offers: listOf(
    object(
      { offerId: uuid, terms: text, treatment: openCode, expiresAt: instant, madeAt: instant },
      { cost: count, currency: text },
    ),
  ),
  loyalty: orNull(object({ date: day, balance: whole, loyaltyLevel: text })),
};

const scale = object({ min: number, max: number });
const score = { score: number, scale, answeredAt: instant };
const average = { answers: count, average: number, latest: object(score) };
const dimension = object(
  {
    ratings: count,
    expected: object(score, { sources: listOf(code(EXPECTATION_SOURCES)) }),
  },
  {
    latest: object({ expectation: number, perception: number, scale, answeredAt: instant }),
    gap: { ...number, description: 'Mean of perception − expectation in shares of the scale.' },
    outcome: code(['exceeded', 'met', 'notMet']),
  },
);
const optionalEach = (names: readonly string[], schema: JsonSchema) =>
  Object.fromEntries(names.map((name) => [name, schema]));

const content = {
  satisfaction: {
    ...orNull(
      object(
        {},
        {
          nps: object({ ...average, category: code(['promoter', 'passive', 'detractor']) }),
          csat: object(average),
          complaintHandling: object({ answers: count, speed: number, attitude: number, outcome: number }),
          quality: object(
            {},
            optionalEach(SERVQUAL_INSTRUMENTS, object({}, optionalEach(ALL_SERVQUAL_DIMENSIONS, dimension))),
          ),
        },
      ),
    ),
    description: 'Averages are in shares of the scale: 0 the worst answer, 1 the best.',
  },
  complaints: count,
  openComplaints: listOf(
    object(
      {
        complaintId: uuid,
        occurredAt: instant,
        issue: orNull(text),
        severity: orNull(openCode),
        channel: orNull(openCode),
        status: text,
        deadlines: mapOf(object({ dueAt: instant }, { breached: flag })),
      },
      { agentId: text },
    ),
  ),
};

const touchPoint = object(
  { interactionId: uuid, startedAt: instant, channel: openCode, direction: openCode, purpose: openCode },
  { agentId: text, about: object({ kind: openCode }, { id: text }) },
);
const touched = {
  interactions: count,
  touchPoints: orNull(object({}, optionalEach(PHASES, listOf(touchPoint)))),
};

/** What `Customer360Answer` looks like: who, wants, bought, stands, content and touched. */
export const customer360Schema = object(
  {
    customerId: uuid,
    ...who,
    ...wants,
    ...bought,
    ...stands,
    ...content,
    ...touched,
    erased: flag,
    erasedAt: orNull(instant),
  },
  {
    position,
    members: listOf(uuid),
    absorbedInto: uuid,
    dropped: listOf(object({ view: text, position: text, reason: text })),
  },
);
