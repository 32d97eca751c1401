import type { CommandBus } from '@nestjs/cqrs';
import { derivedId } from '#contracts/ids.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { defaultComplaintRulesPublished } from '#domain/complaint/rules.js';
import { RuleViolation } from '#domain/decider.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { defaultRelationshipRulesPublished } from '#domain/relationship/rules.js';
import { defaultRetentionRulesPublished } from '#domain/retention/rules.js';
import { ToRules } from './handlers/rules.handler.js';

/** Version 1 of every rules document that an installation begins with. */
const DEFAULTS: readonly RulesPublished[] = [
  defaultLoyaltyRulesPublished,
  defaultRelationshipRulesPublished,
  defaultRetentionRulesPublished,
  defaultComplaintRulesPublished,
];

/** Publishes the rules that an installation begins with; nothing where there are some of the same name. */
export async function publishDefaultRules(bus: CommandBus): Promise<void> {
  for (const published of DEFAULTS) await publish(bus, published);
}

async function publish(bus: CommandBus, published: RulesPublished): Promise<void> {
  const commandId = derivedId('command', 'default-rules', published.name, String(published.version));
  const meta = {
    commandId,
    actor: { id: 'rapport', kind: 'service' as const },
    reason: 'The rules that an installation begins with.',
    correlationId: commandId,
    causationId: commandId,
  };
  try {
    await bus.execute(new ToRules({ type: 'PublishRules', ...published }, meta));
  } catch (error) {
    if (!(error instanceof RuleViolation && error.rule === 'rules-version-never-edited')) throw error;
  }
}
