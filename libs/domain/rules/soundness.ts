import { areRules, type RulesPublished } from '#contracts/rules.events.js';
import { ensureSoundComplaintRules } from '../complaint/rules.js';
import { ensureSoundLoyaltyRules } from '../loyalty/rules.js';
import { ensureSoundRelationshipRules } from '../relationship/rules.js';
import { ensureSoundRetentionRules } from '../retention/rules.js';

/** @throws RuleViolation naming the field, unless the document can be judged by. */
export function ensureSound(published: RulesPublished): void {
  if (areRules('loyalty')(published)) ensureSoundLoyaltyRules(published.document);
  if (areRules('relationship')(published)) ensureSoundRelationshipRules(published.document);
  if (areRules('retention')(published)) ensureSoundRetentionRules(published.document);
  if (areRules('complaints')(published)) ensureSoundComplaintRules(published.document);
}
