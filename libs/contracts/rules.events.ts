import { BusinessDay, Code, Count, NestedBy } from './fields.js';
import { ComplaintRules } from './rules/complaint-rules.js';
import { LoyaltyRules } from './rules/loyalty-rules.js';
import { RelationshipRules } from './rules/relationship-rules.js';
import { RetentionRules } from './rules/retention-rules.js';

/** Which class each rules document has. */
export const rulesDocuments = {
  loyalty: LoyaltyRules,
  retention: RetentionRules,
  complaints: ComplaintRules,
  relationship: RelationshipRules,
} as const;
export type RulesName = keyof typeof rulesDocuments;
export type RulesDocument<Name extends RulesName = RulesName> = InstanceType<(typeof rulesDocuments)[Name]>;
export const RULES_NAMES = Object.keys(rulesDocuments) as RulesName[];

/** A version of published rules. It is never edited; a later version is valid from its own day on. */
export class RulesPublished<Name extends RulesName = RulesName> {
  @Code(RULES_NAMES) name!: Name;
  @Count(1) version!: number;
  @NestedBy('name', rulesDocuments) document!: RulesDocument<Name>;
  @BusinessDay() validFrom!: string;
}

/** Whether these are the rules of a name. */
export function areRules<Name extends RulesName>(name: Name) {
  return (published: RulesPublished): published is RulesPublished<Name> => published.name === name;
}
