import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PublishRules } from '#domain/rules/commands.js';
import { rules } from '#domain/rules/rules.decider.js';
import type { Outcome } from '../command-ledger.js';
import type { CommandMeta } from '../command-meta.js';
import { StreamCommands } from '../stream-commands.js';

/** A new version of published rules. */
export class ToRules extends Command<Outcome> {
  constructor(
    readonly command: PublishRules,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(ToRules)
export class RulesHandler implements ICommandHandler<ToRules> {
  constructor(private readonly streams: StreamCommands) {}

  execute({ command, meta }: ToRules): Promise<Outcome> {
    const id = command.name;
    return this.streams.handle({
      category: 'rules',
      id,
      decider: rules,
      command,
      meta,
      subject: { kind: 'rules', id },
    });
  }
}
