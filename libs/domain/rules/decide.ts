import type { RulesEvent } from '#contracts/events.js';
import { type Decided, type DecisionContext, unreachable } from '../decider.js';
import { ensure, happened } from '../deciding.js';
import type { PublishRules, RulesCommand } from './commands.js';
import { ensureSound } from './soundness.js';
import type { RulesState } from './state.js';

/** The rules of a `rules-{name}` stream: a version is never edited (docs/loyalty.md). */
export function decide(command: RulesCommand, state: RulesState, context: DecisionContext): Decided<RulesEvent>[] {
  switch (command.type) {
    case 'PublishRules':
      return publish(command, state, context);
    default:
      return unreachable(command.type);
  }
}

function publish({ type, ...data }: PublishRules, { versions }: RulesState, context: DecisionContext) {
  const last = versions.at(-1);
  const next = (last?.version ?? 0) + 1;
  ensure(
    data.version >= next,
    'conflict',
    'rules-version-never-edited',
    `Version ${data.version} has already been published: publish version ${next} instead.`,
    'version',
  );
  ensure(
    data.version === next,
    'invalid',
    'rules-versions-dense',
    `Version ${data.version} would leave a gap: publish version ${next}.`,
    'version',
  );
  ensure(
    last === undefined || data.validFrom >= last.validFrom,
    'invalid',
    'rules-valid-from-ascends',
    `Version ${last?.version} is valid from ${last?.validFrom}: let this one be valid from that day or later.`,
    'validFrom',
  );
  ensureSound(data);
  return [happened('RulesPublished', data, context)];
}
