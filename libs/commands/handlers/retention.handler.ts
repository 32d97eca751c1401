import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { areRules } from '#contracts/rules.events.js';
import { customer } from '#domain/customer/customer.decider.js';
import type { RiskSign } from '#domain/retention/signs.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { StreamCommands } from '../stream-commands.js';

/** What has happened to a customer that may make them leave, for the published rules to judge. */
export class AssessRisk extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly signs: RiskSign[],
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(AssessRisk)
export class RetentionHandler implements ICommandHandler<AssessRisk> {
  constructor(private readonly streams: StreamCommands) {}

  async execute({ customerId, signs, meta }: AssessRisk): Promise<Outcome> {
    // Fresh, because another process publishes them.
    const { state } = await this.streams.stateOf('rules', 'retention', rules, { fresh: true });
    const said = { type: 'AssessRiskByRules' as const, signs };
    return this.streams.handle({
      category: 'customer',
      id: customerId,
      decider: customer,
      command: { ...said, rules: state.versions.filter(areRules('retention')) },
      said,
      meta,
      subject: { kind: 'customer', id: customerId },
      customerId,
    });
  }
}
