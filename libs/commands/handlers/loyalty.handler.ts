import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { areRules } from '#contracts/rules.events.js';
import type { EarningSource } from '#domain/loyalty/commands.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { StreamCommands } from '../stream-commands.js';

/** Points for purchases: each earns once, for ever, however often it is offered. */
export class EarnPoints extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly sources: EarningSource[],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(EarnPoints)
export class LoyaltyHandler implements ICommandHandler<EarnPoints> {
  constructor(private readonly streams: StreamCommands) {}

  async execute({ customerId, sources, meta }: EarnPoints): Promise<Outcome> {
    // Fresh, because another process publishes them.
    const { state } = await this.streams.stateOf('rules', 'loyalty', rules, { fresh: true });
    const said = { type: 'EarnPoints' as const, customerId, sources };
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
}
