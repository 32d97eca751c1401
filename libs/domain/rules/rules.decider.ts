import type { RulesEvent } from '#contracts/events.js';
import type { Decider } from '../decider.js';
import type { RulesCommand } from './commands.js';
import { decide } from './decide.js';
import { evolve, noRules, type RulesState } from './state.js';

/** One `rules-{name}` stream. */
export const rules: Decider<RulesState, RulesCommand, RulesEvent> = { initial: noRules, evolve, decide };
