import { areRules, type RulesPublished } from '#contracts/rules.events.js';
import { ensureSoundLoyaltyRules } from '../loyalty/rules.js';
import { ensureSoundRelationshipRules } from '../relationship/rules.js';

/** @throws RuleViolation naming the field, unless the document can be judged by. */
export function ensureSound(published: RulesPublished): void {
  if (areRules('loyalty')(published)) ensureSoundLoyaltyRules(published.document);
  if (areRules('relationship')(published)) ensureSoundRelationshipRules(published.document);
}
