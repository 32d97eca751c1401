import fc from 'fast-check';
import { derivedId } from '#contracts/ids.js';
import { holds } from '#testing/property.js';
import { type Happening, history } from '#testing/recorded.js';
import { combine360 } from './combine.js';
import { customer360 } from './customer-360.projection.js';
import type { Customer360 } from './customer-360.table.js';

const [anna, ben, cleo, dan] = ['anna', 'ben', 'cleo', 'dan'].map((name) => derivedId('customer', name)) as [
  string,
  string,
  string,
  string,
];

const DAYS = ['1997-01-01T00:00:00Z', '1998-06-30T00:00:00Z', '2026-01-31T08:15:00Z', '2026-01-31T08:15:00.000Z'];

interface Fact {
  customerId: string;
  what: 'acquired' | 'purchased' | 'returned' | 'complained' | 'assessed';
  at: string;
  amount: number;
  currency: string;
  name?: string;
}

/** The rows of the customers, folded by the view itself. */
function rowsOf(facts: Fact[]): Map<string, Customer360> {
  return foldOf(facts.map(toHappening));
}

function foldOf(happenings: Happening[]): Map<string, Customer360> {
  const rows = new Map<string, Customer360>();
  for (const event of history(happenings)) {
    const key = customer360.key(event)!;
    rows.set(key, customer360.evolve(rows.get(key), event)!);
  }
  return rows;
}

function toHappening(
  { customerId, what, at, amount, currency, name }: Fact,
  index: number,
): Parameters<typeof history>[0][number] {
  const lines = [{ lineId: '1', kind: 'product' as const, quantity: 1, total: amount }];
  const sums = { subtotal: amount, discount: 0, shipping: 0, tax: 0, total: amount };
  switch (what) {
    case 'acquired': {
      const data = { partyKind: 'person' as const, roles: ['endConsumer' as const], channel: 'web' as const, name };
      return { type: 'CustomerAcquired', data, customerId, occurredAt: at };
    }
    case 'purchased': {
      const streamId = `purchase-${derivedId('purchase', String(index))}`;
      const data = { customerId, currency, lines, ...sums };
      return { type: 'CustomerPurchased', data, customerId, occurredAt: at, streamId };
    }
    case 'returned': {
      const data = { customerId, currency, lines: [{ quantity: 1, refund: amount }], refund: amount };
      return { type: 'UnlinkedReturnRecorded', data, customerId, occurredAt: at };
    }
    case 'complained': {
      const streamId = `complaint-${derivedId('complaint', String(index))}`;
      const data = { customerId, issue: `Late ${index}`, severity: 'high' as const, channel: 'web' as const };
      return { type: 'CustomerComplained', data, customerId, occurredAt: at, streamId };
    }
    case 'assessed': {
      const data = { score: 0.5, band: 'high' as const, factors: [], model: { name: 'rfm', version: '1' } };
      return { type: 'ChurnRiskAssessed', data, customerId, occurredAt: at };
    }
  }
}

const fact: fc.Arbitrary<Fact> = fc.record({
  customerId: fc.constantFrom(anna, ben, cleo, dan),
  what: fc.constantFrom('acquired', 'purchased', 'returned', 'complained', 'assessed'),
  at: fc.constantFrom(...DAYS),
  amount: fc.nat({ max: 10_000 }),
  currency: fc.constantFrom('USD', 'EUR'),
  name: fc.option(fc.constantFrom('Anna', 'Hoa'), { nil: undefined }),
});
const facts = fc.array(fact, { minLength: 1, maxLength: 30, size: 'max' });

/** A history with a survivor and at least one other. */
const group = facts
  .map((made) => [...rowsOf(made).values()])
  .filter((rows) => rows.length > 1)
  .map(([survivor, ...absorbed]) => ({ survivor: survivor!, absorbed }));

describe('The combined 360° row', () => {
  it('is the row itself where nobody was absorbed', () => {
    const row = rowsOf([{ customerId: anna, what: 'acquired', at: DAYS[0]!, amount: 0, currency: 'USD' }]).get(anna)!;
    expect(combine360(row, [])).toBe(row);
  });

  it('is of the survivor, adds up what all of them did, and fills what the survivor does not know', () => {
    const rows = rowsOf([
      { customerId: anna, what: 'acquired', at: DAYS[1]!, amount: 0, currency: 'USD' },
      { customerId: ben, what: 'acquired', at: DAYS[0]!, amount: 0, currency: 'USD', name: 'Hoa' },
      { customerId: anna, what: 'purchased', at: DAYS[1]!, amount: 100, currency: 'USD' },
      { customerId: ben, what: 'purchased', at: DAYS[2]!, amount: 30, currency: 'USD' },
      { customerId: ben, what: 'returned', at: DAYS[2]!, amount: 5, currency: 'EUR' },
      { customerId: ben, what: 'complained', at: DAYS[2]!, amount: 0, currency: 'USD' },
    ]);
    expect(combine360(rows.get(anna)!, [rows.get(ben)!])).toMatchObject({
      customerId: anna,
      name: 'Hoa',
      acquiredAt: '1997-01-01T00:00:00.000Z',
      purchases: 2,
      totals: {
        USD: { purchases: 2, items: 2, purchased: 130, refunded: 0, value: 130 },
        EUR: { purchases: 0, items: 0, purchased: 0, refunded: 5, value: -5 },
      },
      firstPurchaseAt: '1998-06-30T00:00:00.000Z',
      lastPurchaseAt: '2026-01-31T08:15:00.000Z',
      lastPurchases: [{ total: 30 }, { total: 100 }],
      complaints: 1,
      openComplaints: [{ issue: 'Late 5' }],
    });
  });

  describe('of two customers of whom both know something', () => {
    const about = (customerId: string, events: Happening[]) => events.map((event) => ({ ...event, customerId }));
    const nps = (score: number, occurredAt: string): Happening => ({
      type: 'NpsAnswered',
      data: { surveyId: derivedId('survey', occurredAt), score, scale: { min: 0, max: 10 } },
      occurredAt,
    });
    const consent = (type: 'ConsentGranted' | 'ConsentWithdrawn', occurredAt: string): Happening => ({
      type,
      data: { purpose: 'marketing', channel: 'email', basis: 'consent' },
      occurredAt,
    });
    const rows = foldOf([
      ...about(anna, [
        { type: 'ProspectIdentified', data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web' } },
        { type: 'ProfileUpdated', data: { person: { givenName: 'Hoa' }, address: { city: 'Huế' } } },
        consent('ConsentGranted', DAYS[0]!),
        nps(10, DAYS[0]!),
      ]),
      ...about(ben, [
        { type: 'CustomerAcquired', data: { partyKind: 'person', roles: ['partner'], channel: 'store' } },
        {
          type: 'ProfileUpdated',
          data: {
            person: { givenName: 'Hao', familyName: 'Nguyễn' },
            address: { city: 'Hà Nội', postalCode: '100000' },
          },
        },
        consent('ConsentWithdrawn', DAYS[1]!),
        nps(0, DAYS[1]!),
        { type: 'OwnerAssigned', data: { ownerId: 'e-7' } },
      ]),
    ]);
    const combined = combine360(rows.get(anna)!, [rows.get(ben)!]);

    it('is the survivor where both say who they are, filled field by field, and with one address', () => {
      expect(combined).toMatchObject({ channel: 'web', roles: ['endConsumer', 'partner'], owner: { ownerId: 'e-7' } });
      expect(combined.profile).toEqual({
        person: { givenName: 'Hoa', familyName: 'Nguyễn' },
        address: { city: 'Huế' },
      });
    });
    it('is a customer as soon as one of them is', () => {
      expect(rows.get(anna)!.customerStage).toBe('prospect');
      expect(combined.customerStage).toBe('active');
    });
    it('holds the latest word on a consent', () => {
      expect(combined.consents).toEqual([expect.objectContaining({ channel: 'email', granted: false })]);
    });
    it('adds up what both answered', () => {
      expect(combined.satisfaction).toMatchObject({ nps: { answers: 2, sum: 1, latest: { score: 0 } } });
    });
  });

  it('does not depend on the order of the absorbed, and changes no row', () => {
    holds(
      fc.property(group, ({ survivor, absorbed }) => {
        const before = structuredClone([survivor, ...absorbed]);
        const combined = combine360(survivor, absorbed);
        expect(combine360(survivor, [...absorbed].reverse())).toEqual(combined);
        expect([survivor, ...absorbed]).toEqual(before);
      }),
    );
  });

  it('has the sums of one customer who did all of it', () => {
    holds(
      fc.property(facts, (made) => {
        const [survivor, ...absorbed] = [...rowsOf(made).values()];
        const one = rowsOf(made.map((each) => ({ ...each, customerId: anna }))).get(anna)!;
        const combined = combine360(survivor!, absorbed);
        for (const field of ['purchases', 'totals', 'complaints', 'firstPurchaseAt', 'lastPurchaseAt'] as const) {
          expect(combined[field]).toEqual(one[field]);
        }
        expect(combined.openComplaints.map(({ complaintId }) => complaintId).sort()).toEqual(
          one.openComplaints.map(({ complaintId }) => complaintId).sort(),
        );
        expect(combined.lastPurchases.map(({ occurredAt }) => occurredAt)).toEqual(
          one.lastPurchases.map(({ occurredAt }) => occurredAt),
        );
      }),
    );
  });
});
