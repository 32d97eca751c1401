import { derivedId } from '#contracts/ids.js';
import { areRules } from '#contracts/rules.events.js';
import { RuleViolation } from '#domain/decider.js';
import type { EarningSource, EarnPoints, JudgedLater, PurchaseChange } from '#domain/loyalty/commands.js';
import { LEDGER_MOVED } from '#domain/loyalty/deciding-points.js';
import { departureOf } from '#domain/loyalty/departure.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import { isOfPurchase } from '#domain/loyalty/movement.js';
import { nameOf, settledBy } from '#domain/loyalty/settled.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';
import { partOf } from '#domain/loyalty/transferring.js';
import { rules } from '#domain/rules/rules.decider.js';
import { type Outcome, withSecond } from './command-ledger.js';
import type { CommandMeta } from './command-meta.js';
import type { StreamCommands } from './stream-commands.js';

/** From one customer's ledger to another's. */
export interface Transfer {
  mergeId: string;
  fromCustomerId: string;
  toCustomerId: string;
  /** The merge that is undone. */
  undoes?: string;
}

/** What is settled on one ledger, and who says so. */
export interface Settlement {
  customerId: string;
  sources: EarningSource[];
  changes: PurchaseChange[];
  meta: CommandMeta;
  /** The merge by which they come to this ledger and not to that of the purchases' customer. */
  mergeId?: string | undefined;
}

/** How many mergers a fact follows, one of them being undone meanwhile included. */
const MOST_HOPS = 10;

/** Sends commands to `loyalty-{customerId}` streams: with the published rules, and to where a merge moved the points. */
export class LoyaltyLedgers {
  constructor(private readonly streams: StreamCommands) {}

  async handle(customerId: string, said: JudgedLater | Omit<EarnPoints, 'rules'>, meta: CommandMeta): Promise<Outcome> {
    // Fresh, because another process publishes them.
    const { state } = await this.streams.stateOf('rules', 'loyalty', rules, { fresh: true });
    return this.streams.handle({
      category: 'loyalty',
      id: customerId,
      decider: loyalty,
      command: { ...said, rules: state.versions.filter(areRules('loyalty')) },
      said,
      meta,
      subject: { kind: 'customer', id: customerId },
      customerId,
    });
  }

  /** The ledger as this process knows it. */
  async ledgerOf(customerId: string, options?: { fresh: boolean }): Promise<LoyaltyLedger> {
    return (await this.streams.stateOf('loyalty', customerId, loyalty, options)).state;
  }

  /**
   * Points for purchases and what became of them. They are always offered to the customer's own ledger first, which may
   * have settled them; where it has moved, the rest goes to the survivor's, when everything that moves has arrived
   * there. That of a merge which was undone meanwhile refers back.
   */
  async settle(settlement: Settlement, hops = 0): Promise<Outcome> {
    const { customerId, sources, changes, meta, mergeId } = settlement;
    const more = { ...(changes.length > 0 && { changes }), ...(mergeId !== undefined && { mergeId }) };
    const said = { type: 'EarnPoints' as const, customerId, sources, ...more };
    const outcome = await this.handle(customerId, said, meta).catch((error) => {
      if (!(error instanceof RuleViolation && error.rule === LEDGER_MOVED) || hops === MOST_HOPS) throw error;
      return undefined;
    });
    if (outcome !== undefined) return this.settleWhereEarned(settlement, outcome, hops);
    const ledger = await this.ledgerOf(customerId, { fresh: true });
    const departure = departureOf(ledger, mergeId);
    if (departure !== undefined) await this.transfer({ ...departure, fromCustomerId: customerId }, meta);
    const settled = settledBy(ledger);
    const next = departure?.toCustomerId ?? customerId;
    const onwards = {
      customerId: next,
      sources: sources.filter((source) => !settled.has(nameOf(source))),
      changes: changes.filter((change) => !settled.has(nameOf(change))),
      meta: { ...meta, commandId: derivedId('command', meta.commandId, next, String(hops)) },
      // With a merge that was undone they have come home.
      mergeId: departure === undefined ? mergeId : departure.undoes === undefined ? departure.mergeId : undefined,
    };
    return this.settle(onwards, hops + 1);
  }

  /**
   * Lots may lie where points once moved, though the merge was undone: those that were earned before lots were marked with
   * their merge, or that moved on with a survivor who was absorbed meanwhile. What becomes of such a purchase is settled there.
   */
  private async settleWhereEarned(settlement: Settlement, outcome: Outcome, hops: number): Promise<Outcome> {
    const { customerId, changes, meta, mergeId } = settlement;
    if (changes.length === 0 || mergeId !== undefined) return outcome;
    const own = await this.ledgerOf(customerId);
    const others = new Set(
      own.movements.flatMap(({ kind, otherCustomerId }) => (kind === 'movedOut' ? otherCustomerId! : [])),
    );
    let last = outcome;
    for (const other of others) {
      const { lots } = await this.ledgerOf(other, { fresh: true });
      const elsewhere = changes.filter(({ purchase: { eventId } }) => {
        return !own.lots.some((lot) => isOfPurchase(lot, eventId)) && lots.some((lot) => isOfPurchase(lot, eventId));
      });
      if (elsewhere.length === 0) continue;
      const commandId = derivedId('command', meta.commandId, other);
      const there = { customerId: other, sources: [], changes: elsewhere, meta: { ...meta, commandId } };
      last = withSecond(last, await this.settle(there, hops + 1));
    }
    return last;
  }

  /** Part by part, each out first. Whatever a crash left half done is gone on with when it is sent again. */
  async transfer({ mergeId, fromCustomerId, toCustomerId, undoes }: Transfer, meta: CommandMeta): Promise<Outcome> {
    let outcome: Outcome | undefined;
    for (let part = 1; ; part++) {
      const out = { type: 'TransferPointsOut' as const, mergeId, toCustomerId, part, ...(undoes && { undoes }) };
      const left = await this.handle(fromCustomerId, out, metaOf('out', part));
      outcome = outcome ? withSecond(outcome, left) : left;
      const ledger = await this.ledgerOf(fromCustomerId);
      const transferred = partOf(ledger, fromCustomerId, mergeId, part, undoes !== undefined);
      if (transferred === undefined) return outcome;
      const into = { type: 'TransferPointsIn' as const, customerId: toCustomerId, transferred };
      outcome = withSecond(outcome, await this.handle(toCustomerId, into, metaOf('in', part)));
    }

    function metaOf(way: string, part: number): CommandMeta {
      return { ...meta, commandId: derivedId('command', meta.commandId, mergeId, way, String(part)) };
    }
  }
}
