import type { RulesPublished } from '#contracts/rules.events.js';

/** A new version of the rules of one name, valid from a day on. */
export type PublishRules = { type: 'PublishRules' } & RulesPublished;

export type RulesCommand = PublishRules;
