import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { derivedId } from '#contracts/ids.js';
import type { LotAllocation } from '#contracts/loyalty.events.js';
import type { EarningSource, JudgedLater, PurchaseChange } from '#domain/loyalty/commands.js';
import { type Outcome, withSecond } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { Customers } from '../customers.js';
import { LoyaltyLedgers, type Transfer } from '../loyalty-ledgers.js';

/** Of one append. Each becomes an event of less than 1 KiB, and an append takes 1 MiB at the most. */
const MOST_FACTS = 500;

/** Points for purchases and what became of them: each counts once, for ever, however often it is offered. */
export class EarnPoints extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly sources: EarningSource[],
    readonly meta: CommandMeta,
    readonly changes: PurchaseChange[] = [],
  ) {
    super();
  }
}

@CommandHandler(EarnPoints)
export class LoyaltyHandler implements ICommandHandler<EarnPoints> {
  constructor(private readonly ledgers: LoyaltyLedgers) {}

  /**
   * A customer may have more purchases than events fit into an append: a shop that books all its sales without an
   * account on one customer. Then it takes several, one after the other; a change never goes before its purchase.
   */
  async execute({ customerId, sources, changes, meta }: EarnPoints): Promise<Outcome> {
    if (sources.length + changes.length <= MOST_FACTS) {
      return this.ledgers.settle({ customerId, sources, changes, meta });
    }
    let outcome: Outcome | undefined;
    for (let from = 0; from < sources.length; from += MOST_FACTS) {
      outcome = await this.settlePart(customerId, sources.slice(from, from + MOST_FACTS), [], meta);
    }
    for (let from = 0; from < changes.length; from += MOST_FACTS) {
      outcome = await this.settlePart(customerId, [], changes.slice(from, from + MOST_FACTS), meta);
    }
    return outcome!;
  }

  private settlePart(customerId: string, sources: EarningSource[], changes: PurchaseChange[], meta: CommandMeta) {
    const ids = [...sources, ...changes].map(({ eventId }) => eventId);
    const commandId = derivedId('command', meta.commandId, ...ids);
    return this.ledgers.settle({ customerId, sources, changes, meta: { ...meta, commandId } });
  }
}

/** How a command to a ledger ended. */
export interface LoyaltyOutcome extends Outcome {
  /** Of a redemption: from which lots. */
  allocations?: LotAllocation[];
}

/** A command to a customer's ledger. The customer may be named by an identity that they claimed. */
export class ToLoyalty extends Command<LoyaltyOutcome> {
  constructor(
    readonly customerId: string,
    /** Of a command that names the customer, the handler puts in whom the id leads to. */
    readonly command: JudgedLater,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToLoyalty)
export class ToLoyaltyHandler implements ICommandHandler<ToLoyalty> {
  constructor(
    private readonly ledgers: LoyaltyLedgers,
    private readonly customers: Customers,
  ) {}

  async execute({ customerId: named, command, meta }: ToLoyalty): Promise<LoyaltyOutcome> {
    const customerId = await this.customers.require(named);
    const said = 'customerId' in command ? { ...command, customerId } : command;
    const outcome = await this.ledgers.handle(customerId, said, meta);
    if (command.type !== 'RedeemPoints') return outcome;
    const { lots, movements } = await this.ledgers.ledgerOf(customerId);
    const redeemed = movements.find(({ kind, id }) => kind === 'redeemed' && id === command.redemptionId);
    const allocations = redeemed?.changes.map(([place, points]) => ({ lotId: lots[place]!.lotId, points: -points }));
    return { ...outcome, allocations };
  }
}

/** Points follow customers that are merged, and return when they are two again: one transfer after the other. */
export class TransferPoints extends Command<Outcome> {
  constructor(
    /** Each with what caused it. */
    readonly transfers: { transfer: Transfer; meta: CommandMeta }[],
  ) {
    super();
  }
}

@CommandHandler(TransferPoints)
export class TransferPointsHandler implements ICommandHandler<TransferPoints> {
  constructor(private readonly ledgers: LoyaltyLedgers) {}

  async execute({ transfers }: TransferPoints): Promise<Outcome> {
    let outcome: Outcome | undefined;
    for (const { transfer, meta } of transfers) {
      const transferred = await this.ledgers.transfer(transfer, meta);
      outcome = outcome ? withSecond(outcome, transferred) : transferred;
    }
    return outcome!;
  }
}
