import fc from 'fast-check';
import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { addDays } from '#domain/calendar.js';
import { type Decided, RuleViolation } from '#domain/decider.js';
import { balanceOn, isOpenOn } from '#domain/loyalty/balance.js';
import type { EarningSource, LoyaltyCommand, PurchaseChange } from '#domain/loyalty/commands.js';
import { ledgerOn } from '#domain/loyalty/ledger-on.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import { isOfPurchase } from '#domain/loyalty/movement.js';
import { defaultLoyaltyRules } from '#domain/loyalty/rules.js';
import { loyaltyLevelOn } from '#domain/loyalty/standing.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';
import { ensureSound } from '#testing/decider-spec.js';
import { holdsInAsync } from '#testing/property.js';
import type { CommandMeta } from './command-meta.js';
import { LoyaltyLedgers, type Transfer } from './loyalty-ledgers.js';
import type { StreamCommands } from './stream-commands.js';

const CUSTOMERS = ['anna', 'ben', 'cleo'].map((name) => derivedId('customer', name));
const SURVIVOR = CUSTOMERS[0]!;
const LAST = '2026-12-31';
const day = fc.integer({ min: 0, max: 120 }).map((days) => addDays('2026-01-01', days));

function rulesOf(expiryDays?: number): RulesPublished<'loyalty'>[] {
  const { expiryDays: _, ...document } = defaultLoyaltyRules;
  const rules = { ...document, ...(expiryDays && { expiryDays }) };
  return [{ name: 'loyalty', version: 1, validFrom: '1900-01-01', document: rules }];
}

type What =
  | 'purchase'
  | 'change'
  | 'wholeReturn'
  | 'redeem'
  | 'reverse'
  | 'give'
  | 'take'
  | 'merge'
  | 'unmerge'
  | 'again';

interface Step {
  what: What;
  /** Which customer, and which of what there is. */
  who: number;
  pick: number;
  on: string;
  size: number;
}

const stepOf = (...what: What[]): fc.Arbitrary<Step> =>
  fc.record({ what: fc.constantFrom(...what), who: fc.nat(2), pick: fc.nat(1_000), on: day, size: fc.nat(50_000) });
const buying: What[] = ['purchase', 'purchase', 'change', 'wholeReturn'];
const merging: What[] = ['merge', 'merge', 'unmerge', 'unmerge', 'again'];
const anything = fc.array(stepOf(...buying, ...merging, 'redeem', 'redeem', 'reverse', 'give', 'take'), {
  maxLength: 30,
});
const nothingSpent = fc.array(stepOf(...buying, ...merging), { maxLength: 30 });

interface Bought extends EarningSource {
  customerId: string;
  kept: number;
}

/** The ledgers of some customers, and what is sent to them; their streams are in memory. */
class World {
  readonly ledgers = new Map<string, LoyaltyLedger>();
  readonly events: Decided<LoyaltyEvent>[] = [];
  readonly purchases: Bought[] = [];
  private readonly changes: (PurchaseChange & { customerId: string })[] = [];
  /** The merge of each customer that lives on in another. */
  private readonly merges = new Map<string, string>();
  private readonly sent: LoyaltyLedgers;
  private number = 0;

  constructor(rules: RulesPublished<'loyalty'>[]) {
    const streams = {
      stateOf: async (category: string, id: string) => ({
        state: category === 'rules' ? { versions: rules } : this.ledgerOf(id),
      }),
      handle: async ({ id, command, meta }: { id: string; command: LoyaltyCommand; meta: CommandMeta }) => {
        const context = { occurredAt: meta.occurredAt!, businessDate: LAST };
        const decided = loyalty.decide(command, this.ledgerOf(id), context);
        this.ledgers.set(id, ensureSound(loyalty, this.ledgerOf(id), decided));
        this.events.push(...decided);
        return { appended: decided.length };
      },
    };
    this.sent = new LoyaltyLedgers(streams as unknown as StreamCommands);
  }

  ledgerOf(customerId: string): LoyaltyLedger {
    return this.ledgers.get(customerId) ?? loyalty.initial;
  }

  async play(steps: Step[]): Promise<this> {
    for (const step of steps) {
      try {
        await this.take(step);
      } catch (error) {
        if (!(error instanceof RuleViolation)) throw error;
      }
    }
    return this;
  }

  async unmergeAll(): Promise<void> {
    for (const customerId of [...this.merges.keys()]) await this.unmerge(customerId, `${LAST}T00:00:00Z`);
  }

  /** Every fact is offered once more, as after a crash. */
  async offerAgain(): Promise<void> {
    for (const purchase of this.purchases) {
      const changes = this.changes.filter((change) => change.purchase.eventId === purchase.eventId);
      await this.settle(purchase.customerId, purchase.occurredAt, [purchase], changes);
    }
  }

  async returnAll(): Promise<void> {
    for (const purchase of this.purchases) await this.change(purchase, 0, `${LAST}T00:00:00Z`);
  }

  private async take({ what, who, pick, on, size }: Step): Promise<void> {
    const occurredAt = `${on}T10:00:00Z`;
    const customerId = CUSTOMERS[who]!;
    const id = derivedId('step', String(this.number++));
    const owner = this.merges.has(customerId) ? SURVIVOR : customerId;
    const purchase = this.purchases[pick % Math.max(1, this.purchases.length)];
    const some = 1 + (size % 600);
    switch (what) {
      case 'purchase': {
        const source = { eventId: id, occurredAt, amount: size, currency: 'USD' };
        this.purchases.push({ ...source, customerId, kept: size });
        return this.settle(customerId, occurredAt, [source]);
      }
      case 'change':
        if (purchase === undefined) return;
        return this.change(purchase, pick % 5 === 0 ? purchase.kept + size : Math.min(purchase.kept, size), occurredAt);
      case 'wholeReturn':
        return purchase && this.change(purchase, 0, occurredAt);
      case 'redeem':
        await this.sent.handle(owner, { type: 'RedeemPoints', redemptionId: id, points: some }, metaAt(occurredAt, id));
        return;
      case 'reverse': {
        const redeemed = this.ledgerOf(owner).movements.filter(({ kind }) => kind === 'redeemed');
        const redemption = redeemed[pick % Math.max(1, redeemed.length)];
        if (redemption === undefined) return;
        const said = { type: 'ReverseRedemption' as const, redemptionId: redemption.id, reason: 'x' };
        await this.sent.handle(owner, said, metaAt(occurredAt, id));
        return;
      }
      case 'give':
      case 'take': {
        const points = what === 'take' ? -some : some;
        const said = { type: 'AdjustPoints' as const, customerId: owner, adjustmentId: id, points, reason: 'x' };
        await this.sent.handle(owner, said, metaAt(occurredAt, id));
        return;
      }
      case 'merge': {
        if (who === 0 || this.merges.has(customerId)) return;
        this.merges.set(customerId, id);
        const transfer = { mergeId: id, fromCustomerId: customerId, toCustomerId: SURVIVOR };
        await this.sent.transfer(transfer, metaAt(occurredAt, id));
        return;
      }
      case 'unmerge':
        return this.unmerge(customerId, occurredAt);
      case 'again':
        return this.offerAgain();
    }
  }

  private async unmerge(customerId: string, occurredAt: string): Promise<void> {
    const undoes = this.merges.get(customerId);
    if (undoes === undefined) return;
    this.merges.delete(customerId);
    const mergeId = derivedId('unmerge', undoes);
    const transfer: Transfer = { mergeId, fromCustomerId: SURVIVOR, toCustomerId: customerId, undoes };
    await this.sent.transfer(transfer, metaAt(occurredAt, mergeId));
  }

  private async change(purchase: Bought, after: number, occurredAt: string): Promise<void> {
    const eventId = derivedId('change', String(this.number++));
    const change = { eventId, occurredAt, purchase, before: purchase.kept, after, returnId: eventId };
    purchase.kept = after;
    this.changes.push({ ...change, customerId: purchase.customerId });
    await this.settle(purchase.customerId, occurredAt, [], [change]);
  }

  private async settle(
    customerId: string,
    occurredAt: string,
    sources: EarningSource[],
    changes: PurchaseChange[] = [],
  ): Promise<void> {
    const meta = metaAt(occurredAt, derivedId('settle', String(this.number++)));
    await this.sent.settle({ customerId, sources, changes, meta });
  }
}

function metaAt(occurredAt: string, commandId: string): CommandMeta {
  return {
    commandId,
    occurredAt,
    actor: { id: 'spec', kind: 'policy' },
    correlationId: commandId,
    causationId: commandId,
  };
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

/** What was given by hand, and not taken or spent, in all ledgers together. */
function byHand(events: Decided<LoyaltyEvent>[]): number {
  const redeemed = new Map(
    events.flatMap(({ type, data }) => (type === 'PointsRedeemed' ? [[data.redemptionId, data.points]] : [])),
  );
  return sum(
    events.map(({ type, data }) => {
      if (type === 'PointsAdjusted') return data.points;
      if (type === 'RedemptionReversed') return redeemed.get(data.redemptionId)!;
      return type === 'PointsRedeemed' ? -data.points : 0;
    }),
  );
}

/** What was earned and not claimed. */
function earned(events: Decided<LoyaltyEvent>[]): number {
  return sum(
    events.map(({ type, data }) => {
      return type === 'PointsEarned' ? data.points : type === 'PointsClawedBack' ? -data.points : 0;
    }),
  );
}

describe('Any history of purchases, returns, redemptions, mergers and their undoing', () => {
  it('never makes a point out of nothing and never loses one', async () => {
    await holdsInAsync(
      fc.asyncProperty(anything, fc.constantFrom(undefined, 10, 60), day, async (steps, expiryDays, date) => {
        const { ledgers, events } = await new World(rulesOf(expiryDays)).play(steps);
        const all = [...ledgers.values()];
        const lots = all.flatMap((ledger) => ledgerOn(ledger, LAST).lots);
        const expired = sum(lots.filter((lot) => !isOpenOn(lot, LAST)).map(({ remaining }) => remaining));
        expect(sum(all.map((ledger) => balanceOn(ledger, LAST)))).toBe(earned(events) + byHand(events) - expired);
        for (const ledger of all) {
          for (const on of [date, LAST]) {
            const { lots, deficit } = ledgerOn(ledger, on);
            expect(Math.min(deficit, ...lots.flatMap((lot) => [lot.points, lot.remaining]))).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it('settles each fact once, wherever it was settled', async () => {
    await holdsInAsync(
      fc.asyncProperty(anything, fc.boolean(), async (steps, areTwo) => {
        const world = await new World(rulesOf()).play(steps);
        if (areTwo) await world.unmergeAll();
        const before = world.events.length;
        await world.offerAgain();
        expect(world.events.slice(before).filter(({ type }) => type.startsWith('Points'))).toEqual([]);
      }),
    );
  });

  it('leaves what a purchase earned with the customer whose purchase it was', async () => {
    await holdsInAsync(
      fc.asyncProperty(anything, async (steps) => {
        const world = await new World(rulesOf()).play(steps);
        await world.unmergeAll();
        for (const [customerId, { lots }] of world.ledgers) {
          const strangers = lots
            .filter(({ points }) => points > 0)
            .filter(
              (lot) =>
                !world.purchases.some((each) => each.customerId === customerId && isOfPurchase(lot, each.eventId)),
            );
          expect(strangers).toEqual([]);
        }
      }),
    );
  });

  it('leaves everybody as if they had never been merged, where nothing was spent', async () => {
    await holdsInAsync(
      fc.asyncProperty(nothingSpent, async (steps) => {
        const rules = rulesOf();
        const world = await new World(rules).play(steps);
        await world.unmergeAll();
        // The same steps by number, so that they have the same ids.
        const apart = await new World(rules).play(
          steps.map((step) => (step.what === 'merge' ? { ...step, what: 'unmerge' } : step)),
        );
        for (const customerId of CUSTOMERS) {
          const [now, then] = [world.ledgerOf(customerId), apart.ledgerOf(customerId)];
          expect(balanceOn(now, LAST)).toBe(balanceOn(then, LAST));
          expect(loyaltyLevelOn(now, rules, LAST)).toEqual(loyaltyLevelOn(then, rules, LAST));
        }
      }),
    );
  });

  it('leaves nothing of purchases that are wholly returned but what was spent of them', async () => {
    await holdsInAsync(
      fc.asyncProperty(anything, fc.boolean(), async (steps, areTwo) => {
        const rules = rulesOf();
        const world = await new World(rules).play(steps);
        if (areTwo) await world.unmergeAll();
        await world.returnAll();
        expect(sum(CUSTOMERS.map((id) => balanceOn(world.ledgerOf(id), LAST)))).toBe(byHand(world.events));
        for (const customerId of CUSTOMERS) {
          const { qualifyingPoints, loyaltyLevel } = loyaltyLevelOn(world.ledgerOf(customerId), rules, LAST);
          expect([qualifyingPoints, loyaltyLevel]).toEqual([0, 'member']);
        }
      }),
    );
  });
});
