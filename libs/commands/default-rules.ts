import type { CommandBus } from '@nestjs/cqrs';
import { derivedId } from '#contracts/ids.js';
import { RuleViolation } from '#domain/decider.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { ToRules } from './handlers/rules.handler.js';

/** Publishes version 1 of every rules document that an installation begins with; nothing where there is one. */
export async function publishDefaultRules(bus: CommandBus): Promise<void> {
  const commandId = derivedId('command', 'default-rules', 'loyalty', '1');
  const meta = {
    commandId,
    actor: { id: 'rapport', kind: 'service' as const },
    reason: 'The rules that an installation begins with.',
    correlationId: commandId,
    causationId: commandId,
  };
  try {
    await bus.execute(new ToRules({ type: 'PublishRules', ...defaultLoyaltyRulesPublished }, meta));
  } catch (error) {
    if (!(error instanceof RuleViolation && error.rule === 'rules-version-never-edited')) throw error;
  }
}
