import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import { type Happening, history } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';
import { viewOf } from './view.js';

const on = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
const prospect: Happening = {
  type: 'ProspectIdentified',
  data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' },
  occurredAt: on(1),
};
const acquired: Happening = { ...prospect, type: 'CustomerAcquired', occurredAt: on(2) };
const risk = (band: 'low' | 'high', day: number): Happening => ({
  type: 'ChurnRiskAssessed',
  data: { score: 0.5, band, factors: [], model: { name: 'spec', version: '1' } },
  occurredAt: on(day),
});
const retained = (day: number): Happening => {
  return { type: 'CustomerRetained', data: { basis: 'riskRecovered' }, occurredAt: on(day) };
};
const churned: Happening = { type: 'CustomerChurned', data: { how: 'inactive' }, occurredAt: on(6) };
const wonBack: Happening = { type: 'CustomerWonBack', data: {}, occurredAt: on(8) };

describe('where a customer stands', () => {
  it.each<[string, Happening[]]>([
    ['prospect', [prospect]],
    ['prospect', [prospect, risk('high', 2)]],
    ['active', [prospect, acquired]],
    ['active', [acquired, risk('low', 3)]],
    ['atRisk', [acquired, risk('high', 3)]],
    ['active', [acquired, risk('high', 3), retained(4)]],
    ['active', [acquired, retained(4), risk('high', 3)]],
    ['atRisk', [acquired, risk('high', 3), retained(4), risk('high', 5)]],
    ['churned', [acquired, risk('high', 3), churned]],
    ['churned', [acquired, churned, retained(4), risk('low', 7)]],
    ['wonBack', [acquired, risk('high', 3), churned, wonBack]],
    ['wonBack', [acquired, wonBack, churned]],
    ['atRisk', [acquired, churned, wonBack, risk('high', 9)]],
    ['active', [acquired, churned, wonBack, risk('high', 9), retained(10)]],
  ])('is %s by what happened last', (customerStage, happenings) => {
    given(customer360, happenings).thenRow({ customerStage } as Partial<Customer360>);
  });

  it('tells whether a prospect is worth pursuing', () => {
    given(customer360, [
      prospect,
      { type: 'ProspectQualified', data: { basis: 'budget' }, occurredAt: on(2) },
      { type: 'ProspectDisqualified', data: { reason: 'moved away' }, occurredAt: on(3) },
    ]).thenRow({ qualification: { qualified: false, why: 'moved away', since: '2026-01-03T00:00:00.000Z' } });
  });

  it('tells owner, relationship level and potential as they were last set', () => {
    given(customer360, [
      acquired,
      { type: 'OwnerAssigned', data: { ownerId: 'mai' }, occurredAt: on(5) },
      { type: 'OwnerAssigned', data: { ownerId: 'lan' }, occurredAt: on(4) },
      { type: 'RelationshipLevelAssigned', data: { from: 'basic', to: 'proactive', reason: 'key' }, occurredAt: on(4) },
      { type: 'PotentialAssessed', data: { band: 'high', basis: 'fleet' }, occurredAt: on(4) },
    ]).thenRow({
      owner: { ownerId: 'mai', since: '2026-01-05T00:00:00.000Z' },
      relationshipLevel: 'proactive',
      potential: { band: 'high', basis: 'fleet', assessedAt: '2026-01-04T00:00:00.000Z' },
    });
  });

  it('tells offers that are open: neither answered nor expired', () => {
    const offer = (n: number, expiresAt: string): Happening => ({
      type: 'RetentionOfferMade',
      data: { offerId: derivedId('offer', String(n)), terms: 'Stay', treatment: 'oneToOne', expiresAt },
    });
    const offers = [offer(1, on(31)), offer(2, on(31)), offer(3, on(10)), offer(4, on(31))];
    const answers: Happening[] = [
      { type: 'RetentionOfferAccepted', data: { offerId: derivedId('offer', '1') } },
      { type: 'RetentionOfferDeclined', data: { offerId: derivedId('offer', '2') } },
    ];
    const row = history([acquired, ...offers, ...answers]).reduce<Customer360 | undefined>(
      (row, event) => customer360.evolve(row, event),
      undefined,
    );
    const open = viewOf(row!, '2026-01-15').offers.map(({ offerId }) => offerId);
    expect(open).toEqual([derivedId('offer', '4')]);
  });
});
