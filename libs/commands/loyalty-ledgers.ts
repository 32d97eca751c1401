import { derivedId } from '#contracts/ids.js';
import { areRules } from '#contracts/rules.events.js';
import { RuleViolation } from '#domain/decider.js';
import type { EarningSource, EarnPoints, JudgedLater, PurchaseChange } from '#domain/loyalty/commands.js';
import { LEDGER_MOVED } from '#domain/loyalty/deciding-points.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
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
   * there.
   */
  async settle({ customerId, sources, changes, meta }: Settlement, hops = 0): Promise<Outcome> {
    const said = { type: 'EarnPoints' as const, customerId, sources, ...(changes.length > 0 && { changes }) };
    try {
      return await this.handle(customerId, said, meta);
    } catch (error) {
      if (!(error instanceof RuleViolation && error.rule === LEDGER_MOVED) || hops === MOST_HOPS) throw error;
    }
    const ledger = await this.ledgerOf(customerId, { fresh: true });
    const survivor = ledger.movedTo;
    const going = ledger.movements.findLast(({ kind }) => kind === 'movedOut');
    if (survivor !== undefined && going !== undefined) {
      await this.transfer({ mergeId: going.id, fromCustomerId: customerId, toCustomerId: survivor }, meta);
    }
    const next = survivor ?? customerId;
    const settled = settledBy(ledger);
    const rest = {
      sources: sources.filter((source) => !settled.has(nameOf(source))),
      changes: changes.filter((change) => !settled.has(nameOf(change))),
    };
    const commandId = derivedId('command', meta.commandId, next, String(hops));
    return this.settle({ customerId: next, ...rest, meta: { ...meta, commandId } }, hops + 1);
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
