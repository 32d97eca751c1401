import type { CustomerEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { RiskFact } from '#contracts/retention.events.js';
import { type Expected, type Given, given } from '#testing/decider-spec.js';
import { defaultRetentionRules, defaultRetentionRulesPublished } from '../retention/rules.js';
import type { ReviewSign, RiskSign } from '../retention/signs.js';
import { customer } from './customer.decider.js';
import type { AssessRiskByRules } from './retention-commands.js';

const AT = '2026-06-15T10:00:00Z';
const LATER = '2026-06-16T10:00:00Z';
const rules = [defaultRetentionRulesPublished];
const acquired: Given<CustomerEvent> = {
  type: 'CustomerAcquired',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
};
const [first, second] = [derivedId('spec', '1'), derivedId('spec', '2')];
const source = (position: number, occurredAt = AT) => ({
  eventId: derivedId('event', String(position)),
  occurredAt,
  position: String(position),
});
const unsettled = (position: number, complaintId = first, occurredAt = AT): RiskSign => ({
  sign: 'unsettled',
  complaintId,
  ...source(position, occurredAt),
});
const settled = (position: number, complaintId = first, occurredAt = AT): RiskSign => ({
  sign: 'settled',
  complaintId,
  ...source(position, occurredAt),
});
const rated = (position: number, share: number, about = 'nps', occurredAt = AT): RiskSign => ({
  sign: 'rated',
  about,
  surveyId: derivedId('survey', String(position)),
  share,
  ...source(position, occurredAt),
});
const lastPurchase: RiskFact = { about: 'purchase', id: second, occurredAt: '2026-01-01T00:00:00Z' };
const silent: ReviewSign = { sign: 'silent', eventId: derivedId('event', 'bought'), occurredAt: AT, lastPurchase };
const complaint = (id = first, occurredAt = AT): RiskFact => ({ about: 'complaint', id, occurredAt });

const model = { name: 'rapport-rules', version: '1' };
const open = (...facts: RiskFact[]) => ({ name: 'openComplaint', weight: 0.3, facts });
const inactive = { name: 'inactivity', weight: 0.4, facts: [lastPurchase] };

function assessed(
  factors: { name: string; weight: number; facts: RiskFact[] }[],
  knownThrough?: number,
): Extract<CustomerEvent, { type: 'ChurnRiskAssessed' }> {
  const score = Math.round(factors.reduce((sum, { weight }) => sum + weight, 0) * 10) / 10;
  const band = score >= 0.6 ? 'high' : score >= 0.3 ? 'medium' : 'low';
  const data = { score, band, factors, model, ...(knownThrough && { knownThrough: String(knownThrough) }) } as const;
  return { type: 'ChurnRiskAssessed', data };
}
function by(position: number, event: CustomerEvent, occurredAt = AT): Expected<CustomerEvent> {
  return { ...event, causationId: derivedId('event', String(position)), occurredAt };
}
const command = (...signs: RiskSign[]): AssessRiskByRules => ({ type: 'AssessRiskByRules', signs, rules });

describe('AssessRiskByRules', () => {
  it('assesses a risk when a complaint is raised, by its event and at its time', () => {
    given(customer, [acquired])
      .when(command(unsettled(7, first, '2026-06-01T00:00:00Z')))
      .then([by(7, assessed([open(complaint(first, '2026-06-01T00:00:00Z'))], 7), '2026-06-01T00:00:00Z')]);
  });
  it('assesses again when that complaint is settled', () => {
    given(customer, [acquired, assessed([open(complaint())], 7)])
      .when(command(settled(9)))
      .then([by(9, assessed([], 9))]);
  });
  it('names every open complaint, though they count once', () => {
    given(customer, [acquired, assessed([open(complaint())], 7)])
      .when(command(unsettled(8, second)))
      .then([by(8, assessed([open(complaint(), complaint(second))], 8))]);
  });
  it('keeps the other complaint when one is settled', () => {
    given(customer, [acquired, assessed([open(complaint(), complaint(second))], 8)])
      .when(command(settled(9)))
      .then([by(9, assessed([open(complaint(second))], 9))]);
  });
  it('makes one assessment for each sign that changes something', () => {
    given(customer, [acquired])
      .when(command(unsettled(7), rated(8, 0.9), settled(9)))
      .then([by(7, assessed([open(complaint())], 7)), by(9, assessed([], 9))]);
  });
  it('is decided by the version of each sign’s day', () => {
    const second = { ...defaultRetentionRulesPublished, version: 2, validFrom: '2026-06-16' };
    given(customer, [acquired])
      .when({ ...command(unsettled(7), settled(9, first, LATER)), rules: [defaultRetentionRulesPublished, second] })
      .then([
        { ...by(7, assessed([open(complaint())], 7)), rulesVersion: 1 },
        {
          ...by(9, { ...assessed([], 9), data: { ...assessed([], 9).data, model: { ...model, version: '2' } } }, LATER),
          rulesVersion: 2,
        },
      ]);
  });
  it('does nothing when a sign changes nothing', () => {
    given(customer, [acquired])
      .when(command(settled(7), rated(8, 0.9)))
      .thenNothing();
    given(customer, [acquired, assessed([open(complaint())], 7)])
      .when(command(unsettled(8)))
      .thenNothing();
  });
  it('does nothing when the same signs are sent again, whatever comes along with them', () => {
    const before = [acquired, assessed([open(complaint())], 7), assessed([], 9)];
    given(customer, before)
      .when(command(unsettled(7), settled(9)))
      .thenNothing();
    given(customer, before)
      .when(command(unsettled(7)))
      .thenNothing();
    given(customer, before)
      .when(command(unsettled(7), settled(9), unsettled(10, second)))
      .then([by(10, assessed([open(complaint(second))], 10))]);
  });

  it('holds a poor answer against the customer, until a better one to the same question', () => {
    const poor = {
      name: 'poorSatisfaction',
      weight: 0.3,
      facts: [{ about: 'nps', id: derivedId('survey', '7'), occurredAt: AT }],
    };
    given(customer, [acquired])
      .when(command(rated(7, 0.4)))
      .then([by(7, assessed([poor], 7))]);
    given(customer, [acquired])
      .when(command(rated(7, 0.41)))
      .thenNothing();
    given(customer, [acquired, assessed([poor], 7)])
      .when(command(rated(8, 1, 'csat')))
      .thenNothing();
    given(customer, [acquired, assessed([poor], 7)])
      .when(command(rated(8, 0.5, 'nps', LATER)))
      .then([by(8, assessed([], 8), LATER)]);
  });
  it('counts the latest answer to a question, whenever it was recorded', () => {
    const poor = {
      name: 'poorSatisfaction',
      weight: 0.3,
      facts: [{ about: 'nps', id: derivedId('survey', '7'), occurredAt: AT }],
    };
    given(customer, [acquired, assessed([poor], 7)])
      .when(command(rated(8, 1, 'nps', '2026-06-14T00:00:00Z')))
      .thenNothing();
  });
  it('holds a broken promise against us once', () => {
    const broken: RiskSign = { sign: 'promiseBroken', promiseId: first, ...source(7) };
    const factor = { name: 'brokenPromise', weight: 0.2, facts: [{ about: 'promise', id: first, occurredAt: AT }] };
    given(customer, [acquired])
      .when(command(broken))
      .then([by(7, assessed([factor], 7))]);
    given(customer, [acquired, assessed([factor], 7)])
      .when(command({ ...broken, position: '8' }))
      .thenNothing();
  });

  it('takes a silence into account, and still knows through where it knew before', () => {
    given(customer, [acquired, assessed([open(complaint())], 7)])
      .when(command(silent))
      .then([{ ...assessed([inactive, open(complaint())], 7), causationId: silent.eventId }]);
    given(customer, [acquired, assessed([inactive])])
      .when(command(silent))
      .thenNothing();
  });
  it('passes over a silence after an earlier purchase than the one that it knows', () => {
    const earlier = { ...lastPurchase, id: first, occurredAt: '2025-12-31T00:00:00Z' };
    given(customer, [acquired, assessed([inactive])])
      .when(command({ ...silent, lastPurchase: earlier }))
      .thenNothing();
  });
  it('is over a silence when the customer buys again, but not by a purchase of before', () => {
    const bought: RiskSign = { sign: 'bought', ...source(9) };
    given(customer, [acquired, assessed([inactive])])
      .when(command(bought))
      .then([by(9, assessed([], 9))]);
    given(customer, [acquired, assessed([inactive])])
      .when(command({ ...bought, occurredAt: '2025-12-31T00:00:00Z' }))
      .thenNothing();
  });

  it('is over a silence when the review hears of a later purchase', () => {
    const later = { ...lastPurchase, id: first, occurredAt: '2026-06-01T00:00:00Z' };
    given(customer, [acquired, assessed([inactive], 7)])
      .when(command({ ...silent, sign: 'heard', lastPurchase: later }))
      .then([{ ...assessed([], 7), causationId: silent.eventId }]);
    given(customer, [acquired, assessed([inactive], 7)])
      .when(command({ ...silent, sign: 'heard' }))
      .thenNothing();
  });

  it('passes over what is older than the present, and is told when it is over all the same', () => {
    const old = '2025-06-14T23:59:59Z';
    given(customer, [acquired])
      .when(command(unsettled(7, first, old)), { businessDate: '2026-06-15' })
      .thenNothing();
    given(customer, [acquired, assessed([open(complaint())], 7)])
      .when(command(settled(8, first, '2025-06-14T00:00:00Z')), { businessDate: '2027-06-15' })
      .then([by(8, assessed([], 8))]);
  });
  it('is told of no earlier than what was told of before: a late fact changes what is thought now', () => {
    const retained: Given<CustomerEvent> = { type: 'CustomerRetained', data: { basis: 'riskRecovered' } };
    const early = '2026-06-01T00:00:00Z';
    given(customer, [acquired, assessed([inactive]), { ...retained, occurredAt: LATER }])
      .when(command(unsettled(7, first, early)), { businessDate: '2026-06-16' })
      .then([by(7, assessed([inactive, open(complaint(first, early))], 7), LATER)]);
  });
  it('is judged by the version that is valid on the day', () => {
    const document = { ...defaultRetentionRules, openComplaintWeight: 0.7 };
    const strict = { ...defaultRetentionRulesPublished, version: 2, document, validFrom: '2026-06-16' };
    const both = [defaultRetentionRulesPublished, strict];
    const factor = { ...open(complaint(first, LATER)), weight: 0.7 };
    const expected = assessed([factor], 7);
    given(customer, [acquired])
      .when({ ...command(unsettled(7)), rules: both })
      .then([by(7, assessed([open(complaint())], 7))]);
    given(customer, [acquired])
      .when({ ...command(unsettled(7, first, LATER)), rules: both }, { businessDate: '2026-06-16' })
      .then([by(7, { ...expected, data: { ...expected.data, model: { ...model, version: '2' } } }, LATER)]);
  });
  it('does nothing for a prospect, who cannot leave yet', () => {
    const data = { partyKind: 'person' as const, roles: ['endConsumer' as const], channel: 'web' as const };
    given(customer, [{ type: 'ProspectIdentified', data }])
      .when(command(unsettled(7)))
      .thenNothing();
  });
  it('does nothing for who was erased, of whom nobody is to make a profile', () => {
    given(customer, [acquired, { type: 'CustomerErased', data: { reason: 'Asked for' } }])
      .when(command(unsettled(7)))
      .thenNothing();
  });
  it('is refused where no rules have been published', () => {
    given(customer, [acquired])
      .when({ ...command(unsettled(7)), rules: [] })
      .thenRefused('retention-rules-published', { kind: 'not-found' });
  });

  it('lets stand what people assess, and does not forget what it knows by it', () => {
    const byPeople: Given<CustomerEvent> = {
      type: 'ChurnRiskAssessed',
      data: {
        score: 0.9,
        band: 'high',
        factors: [{ name: 'hunch', weight: 0.9 }],
        model: { name: 'me', version: '1' },
      },
    };
    given(customer, [acquired, assessed([open(complaint())], 7), byPeople])
      .when(command(unsettled(8)))
      .thenNothing();
    given(customer, [acquired, assessed([open(complaint())], 7), byPeople])
      .when(command(settled(8)))
      .then([by(8, assessed([], 8))]);
  });
  it('does nothing for who has churned, and begins anew when they are won back', () => {
    const churned: Given<CustomerEvent> = { type: 'CustomerChurned', data: { how: 'voluntary' } };
    const wonBack: Given<CustomerEvent> = { type: 'CustomerWonBack', data: {} };
    const before = [acquired, assessed([open(complaint())], 7), churned];
    given(customer, before)
      .when(command(unsettled(8, second)))
      .thenNothing();
    given(customer, [...before, wonBack])
      .when(command(settled(8)))
      .thenNothing();
    given(customer, [...before, wonBack])
      .when(command(unsettled(7)))
      .thenNothing();
    given(customer, [...before, wonBack])
      .when(command(unsettled(9, second)))
      .then([by(9, assessed([open(complaint(second))], 9))]);
  });
});
