import fc from 'fast-check';
import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { ensureSound } from '#testing/decider-spec.js';
import { holds } from '#testing/property.js';
import { addDays } from '../calendar.js';
import { type Decided, RuleViolation } from '../decider.js';
import { balanceOn, isOpenOn } from './balance.js';
import type { EarningSource, EarnPoints, JudgedLater, PurchaseChange } from './commands.js';
import { evolveAll } from './evolve.js';
import { ledgerOn } from './ledger-on.js';
import { loyalty } from './loyalty.decider.js';
import { defaultLoyaltyRules } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import type { LoyaltyLedger } from './state.js';

const customerId = derivedId('customer', 'anna');
const FIRST = '2026-01-01';
const dayAt = (days: number) => addDays(FIRST, days);
const day = fc.integer({ min: 0, max: 120 }).map(dayAt);

const withExpiry = (expiryDays: number | undefined, multiplier: string): RulesPublished<'loyalty'>[] => {
  const { expiryDays: _, ...document } = defaultLoyaltyRules;
  const levels = document.levels.map((level) => ({ ...level, multiplier }));
  const rules = { ...document, levels, windowMonths: 2, graceDays: 5, ...(expiryDays && { expiryDays }) };
  return [{ name: 'loyalty', version: 1, validFrom: '1900-01-01', document: rules }];
};
const rules = fc
  .tuple(fc.constantFrom(undefined, 10, 60), fc.constantFrom('1', '1', '1.5'))
  .map(([expiryDays, multiplier]) => withExpiry(expiryDays, multiplier));

type What = 'purchase' | 'change' | 'redeem' | 'reverse' | 'adjust' | 'take' | 'expire' | 'review' | 'set';

/** What happens next; numbers pick among what there is. Late facts are as likely as others. */
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom<What[]>(
    'purchase',
    'purchase',
    'purchase',
    'change',
    'change',
    'redeem',
    'redeem',
    'reverse',
    'adjust',
    'take',
    'expire',
    'review',
    'set',
  ),
  on: day,
  today: day,
  pick: fc.nat(1_000),
  size: fc.nat(20_000),
});
interface Step {
  what: What;
  on: string;
  today: string;
  pick: number;
  size: number;
}

/** A command without the rules. */
type Said = JudgedLater | Omit<EarnPoints, 'rules'>;

interface World {
  ledger: LoyaltyLedger;
  events: Decided<LoyaltyEvent>[];
  purchases: (EarningSource & { kept: number })[];
}

function commandOf({ what, on, pick, size, today }: Step, world: World, index: number): Said | undefined {
  const id = derivedId('step', String(index));
  const occurredAt = `${on}T10:00:00Z`;
  const purchase = world.purchases[pick % Math.max(1, world.purchases.length)];
  const redemptions = world.ledger.movements.filter(({ kind }) => kind === 'redeemed');
  const some = 1 + (size % 150);
  switch (what) {
    case 'purchase': {
      const source = { eventId: id, occurredAt, amount: size, currency: 'USD' };
      world.purchases.push({ ...source, kept: size });
      return { type: 'EarnPoints', customerId, sources: [source] };
    }
    case 'change': {
      if (purchase === undefined) return undefined;
      // Mostly back, in part or wholly; now and then a correction upwards.
      const after = pick % 5 === 0 ? purchase.kept + size : pick % 3 === 0 ? 0 : Math.min(purchase.kept, size);
      const change: PurchaseChange = { eventId: id, occurredAt, purchase, before: purchase.kept, after, returnId: id };
      purchase.kept = after;
      return { type: 'EarnPoints', customerId, sources: [], changes: [change] };
    }
    case 'redeem':
      return { type: 'RedeemPoints', redemptionId: id, points: some };
    case 'reverse': {
      const redeemed = redemptions[pick % Math.max(1, redemptions.length)];
      if (redeemed === undefined) return undefined;
      return { type: 'ReverseRedemption', redemptionId: redeemed.id, reason: 'x' };
    }
    case 'adjust':
    case 'take': {
      const points = what === 'take' ? -some : some;
      const expiresOn = what === 'adjust' && pick % 2 === 0 ? addDays(on, 1 + (pick % 40)) : undefined;
      const data = { adjustmentId: id, points, reason: 'x', ...(expiresOn && { expiresOn }) };
      return { type: 'AdjustPoints', customerId, ...data };
    }
    case 'expire':
      return { type: 'ExpirePoints', expiredFrom: addDays(today, -(pick % 20)) };
    case 'review':
      return { type: 'ReviewLoyaltyLevel' };
    case 'set': {
      const loyaltyLevel = defaultLoyaltyRules.levels[pick % 4]!.name;
      return { type: 'SetLoyaltyLevel', customerId, loyaltyLevel, reason: 'x' };
    }
  }
}

function lived(
  steps: Step[],
  rules: RulesPublished<'loyalty'>[],
  check?: (before: LoyaltyLedger, events: Decided<LoyaltyEvent>[]) => void,
): World {
  const world: World = { ledger: loyalty.initial, events: [], purchases: [] };
  for (const [index, each] of steps.entries()) {
    const said = commandOf(each, world, index);
    if (said === undefined) continue;
    const businessDate = latest(each.today, each.on);
    try {
      const context = { occurredAt: `${each.on}T10:00:00Z`, businessDate };
      const decided = loyalty.decide({ ...said, rules }, world.ledger, context);
      check?.(world.ledger, decided);
      world.ledger = ensureSound(loyalty, world.ledger, decided);
      world.events.push(...decided);
    } catch (error) {
      if (!(error instanceof RuleViolation)) throw error;
    }
  }
  return world;
}

/** The day on which an event happened on the ledger. */
function dayOfEvent({ type, data, occurredAt }: Decided<LoyaltyEvent>): string {
  switch (type) {
    case 'PointsEarned':
      return data.creditedOn ?? data.earnedOn;
    case 'PointsRedeemed':
      return data.redeemedOn;
    case 'RedemptionReversed':
      return data.reversedOn!;
    case 'PointsClawedBack':
      return data.clawedBackOn!;
    case 'PointsAdjusted':
      return data.adjustedOn;
    case 'LoyaltyLevelSet':
      return data.setOn;
    default:
      return occurredAt.slice(0, 10);
  }
}

const folded = (events: Decided<LoyaltyEvent>[]): LoyaltyLedger =>
  events.reduce((ledger, event) => loyalty.evolve(ledger, { ...event, eventId: '' }), loyalty.initial);
const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
const latest = (a: string, b: string) => [a, b].sort()[1]!;
/** Short ones as well, with nothing but what makes and repays deficits: in long ones that is drowned. */
const owing = fc
  .tuple(step, fc.constantFrom<What[]>('purchase', 'redeem', 'change'))
  .map(([step, what]) => ({ ...step, what }));
const history = fc.oneof(fc.array(step, { maxLength: 25 }), fc.array(owing, { minLength: 4, maxLength: 8 }));

describe('Any history of purchases, returns, redemptions, adjustments and days passing', () => {
  it('gives balance and level of a day as a fold of the events up to that day', () => {
    holds(
      fc.property(history, rules, day, (steps, rules, date) => {
        const { ledger, events } = lived(steps, rules);
        const then = folded(events.filter((event) => dayOfEvent(event) <= date));
        expect(balanceOn(ledger, date)).toBe(balanceOn(then, date));
        expect(loyaltyLevelOn(ledger, rules, date)).toEqual(loyaltyLevelOn(then, rules, date));
      }),
    );
  });
  it('is folded at once as it is event by event, and the ledger that the fold began with stays as it was', () => {
    holds(
      fc.property(history, rules, fc.double({ min: 0, max: 1, noNaN: true }), (steps, rules, share) => {
        const { events } = lived(steps, rules);
        const half = Math.round(share * events.length);
        const begun = folded(events.slice(0, half));
        const asBegun = structuredClone(begun);
        const rest = events.slice(half).map((event) => ({ ...event, eventId: '' }));
        expect(evolveAll(begun, rest)).toEqual(folded(events));
        expect(begun).toEqual(asBegun);
      }),
    );
  });
  it('keeps balance = Σ open lots − deficit, and never makes a point out of nothing', () => {
    holds(
      fc.property(history, rules, day, (steps, rules, date) => {
        const { ledger, events } = lived(steps, rules);
        const { lots, deficit } = ledgerOn(ledger, date);
        const so = events.filter((event) => dayOfEvent(event) <= date);
        const redeemed = new Map(
          events.flatMap(({ type, data }) => (type === 'PointsRedeemed' ? [[data.redemptionId, data.points]] : [])),
        );
        // What was credited was spent, claimed, taken, has expired, or is open.
        const total = sum(
          so.map((event) => {
            switch (event.type) {
              case 'PointsEarned':
              case 'PointsAdjusted':
                return event.data.points;
              case 'PointsRedeemed':
              case 'PointsClawedBack':
                return -event.data.points;
              case 'RedemptionReversed':
                return redeemed.get(event.data.redemptionId)!;
              default:
                return 0;
            }
          }),
        );
        const expired = sum(lots.filter((lot) => !isOpenOn(lot, date)).map(({ remaining }) => remaining));
        expect(balanceOn(ledger, date)).toBe(total - expired);
        for (const { remaining, points, credited } of lots) {
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeLessThanOrEqual(credited);
          expect(points).toBeGreaterThanOrEqual(0);
        }
        expect(deficit).toBeGreaterThanOrEqual(0);
      }),
    );
  });
  it('never lets more be spent than the balance of the day, and takes exactly that', () => {
    holds(
      fc.property(history, rules, (steps, rules) => {
        lived(steps, rules, (before, events) => {
          for (const event of events) {
            if (event.type !== 'PointsRedeemed') continue;
            const { redeemedOn, points, allocations } = event.data;
            expect(sum(allocations.map((each) => each.points))).toBe(points);
            expect(points).toBeLessThanOrEqual(balanceOn(before, redeemedOn));
            const after = loyalty.evolve(before, { ...event, eventId: '' });
            expect(balanceOn(after, redeemedOn)).toBe(balanceOn(before, redeemedOn) - points);
          }
        });
      }),
    );
  });
  it('settles each fact once: what is offered again does nothing', () => {
    holds(
      fc.property(history, rules, (steps, rules) => {
        const { ledger, purchases } = lived(steps, rules);
        const sources = purchases.filter(({ eventId }) => ledger.lots.some((lot) => lot.sourceEventId === eventId));
        const again = ledger.movements.flatMap(({ kind, id, sourceEventId }): PurchaseChange[] => {
          const purchase = purchases.find(({ eventId }) => eventId === sourceEventId);
          if (kind !== 'clawedBack' || purchase === undefined) return [];
          return [{ eventId: id, occurredAt: purchase.occurredAt, purchase, before: 20_000, after: 0, returnId: id }];
        });
        const context = { occurredAt: '2026-06-30T00:00:00Z', businessDate: '2026-06-30' };
        const command = { type: 'EarnPoints' as const, customerId, sources, changes: again, rules };
        expect(loyalty.decide(command, ledger, context)).toEqual([]);
      }),
    );
  });
  it('announces each expiry once', () => {
    holds(
      fc.property(history, rules, (steps, rules) => {
        const { ledger, events } = lived(steps, rules);
        const told = events.flatMap((event) => (event.type === 'PointsExpired' ? [event.data.lotId] : []));
        expect(new Set(told).size).toBe(told.length);
        const context = { occurredAt: '2026-06-30T00:00:00Z', businessDate: '2026-06-30' };
        const expire = { type: 'ExpirePoints' as const, expiredFrom: FIRST, rules };
        const after = ensureSound(loyalty, ledger, loyalty.decide(expire, ledger, context));
        expect(loyalty.decide(expire, after, context)).toEqual([]);
        expect(balanceOn(after, '2026-06-30')).toBe(balanceOn(ledger, '2026-06-30'));
      }),
    );
  });
  it('has nothing to review twice', () => {
    holds(
      fc.property(history, rules, (steps, rules) => {
        const { ledger } = lived(steps, rules);
        const context = { occurredAt: '2026-12-31T00:00:00Z', businessDate: '2026-12-31' };
        const review = { type: 'ReviewLoyaltyLevel' as const, rules };
        const after = ensureSound(loyalty, ledger, loyalty.decide(review, ledger, context));
        expect(loyalty.decide(review, after, context)).toEqual([]);
      }),
    );
  });
});

describe('A purchase that is wholly returned', () => {
  const purchase = fc.tuple(day, fc.integer({ min: 0, max: 40_000 }));
  const parts = fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 4 });

  it('leaves balance and level as if it had not happened, however it came back and whatever was bought besides', () => {
    holds(
      fc.property(
        fc.array(purchase, { maxLength: 8 }),
        purchase,
        parts,
        fc.nat(8),
        day,
        (others, [on, amount], parts, place, date) => {
          const rules = withExpiry(365, '1');
          const toSource = ([day, amount]: [string, number], name: string): EarningSource => {
            return { eventId: derivedId('purchase', name), occurredAt: `${day}T10:00:00Z`, amount, currency: 'USD' };
          };
          const sources = others.map((each, index) => toSource(each, String(index)));
          const returned = toSource([on, amount], 'returned');
          const changes: PurchaseChange[] = [];
          let kept = amount;
          for (const [index, part] of [...parts, 100].entries()) {
            const after = part === 100 ? 0 : Math.floor((kept * part) / 100);
            const eventId = derivedId('return', String(index));
            const occurredAt = `${on}T${String(11 + index)}:00:00Z`;
            changes.push({ eventId, occurredAt, purchase: returned, before: kept, after, returnId: eventId });
            kept = after;
          }
          const context = { occurredAt: '2026-06-30T00:00:00Z', businessDate: '2026-06-30' };
          const settle = (ledger: LoyaltyLedger, sources: EarningSource[], changes: PurchaseChange[] = []) => {
            const command = { type: 'EarnPoints' as const, customerId, sources, changes, rules };
            return ensureSound(loyalty, ledger, loyalty.decide(command, ledger, context));
          };
          const without = settle(loyalty.initial, sources);
          const before = settle(loyalty.initial, [...sources.slice(0, place), returned]);
          const after = settle(settle(before, [], changes), sources.slice(place));
          const at = latest(date, on);
          expect(balanceOn(after, at)).toBe(balanceOn(without, at));
          expect(loyaltyLevelOn(after, rules, at)).toEqual(loyaltyLevelOn(without, rules, at));
          expect(after.deficit).toBe(0);
        },
      ),
    );
  });
});
