import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { areRules } from '#contracts/rules.events.js';
import { complaint } from '#domain/complaint/complaint.decider.js';
import { customer } from '#domain/customer/customer.decider.js';
import type { RiskSign, SignInEvent } from '#domain/retention/signs.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { StreamCommands } from '../stream-commands.js';

/** What has happened to a customer that may make them leave, for the published rules to judge. */
export class AssessRisk extends Command<Outcome> {
  constructor(
    readonly customerId: string,
    readonly signs: SignInEvent[],
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
    const type = 'AssessRiskByRules' as const;
    const known = await Promise.all(signs.map((sign) => this.asked(sign)));
    return this.streams.handle({
      category: 'customer',
      id: customerId,
      decider: customer,
      command: { type, signs: known, rules: state.versions.filter(areRules('retention')) },
      said: { type, signs },
      meta,
      subject: { kind: 'customer', id: customerId },
      customerId,
    });
  }

  private async asked(sign: SignInEvent): Promise<RiskSign> {
    if (sign.sign !== 'complaintFound') return sign;
    const { state } = await this.streams.stateOf('complaint', sign.complaintId, complaint, { fresh: true });
    const isSettled = ['resolved', 'told', 'closed'].includes(state.status);
    return { ...sign, sign: isSettled ? 'settled' : 'unsettled' };
  }
}
