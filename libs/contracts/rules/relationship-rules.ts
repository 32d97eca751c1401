import { POTENTIAL_BANDS, type PotentialBand, RELATIONSHIP_LEVELS, type RelationshipLevel } from '../codes.js';
import { Amount, Code, Currency, ListOf, Optional } from '../fields.js';

/** What a customer has to be worth for a relationship level. */
export class RelationshipLevelRule {
  @Code(RELATIONSHIP_LEVELS) relationshipLevel!: RelationshipLevel;
  /** Value so far, in minor units. */
  @Amount() value!: number;
  /** Reached by potential too, whatever the value. */
  @Optional() @Code(POTENTIAL_BANDS) potential?: PotentialBand;
}

/** A relationship is kept as deep as it is worth. */
export class RelationshipRules {
  /** Of the values: what was bought in other currencies does not count. */
  @Currency() currency!: string;
  /** From the lightest to the deepest. */
  @ListOf(() => RelationshipLevelRule, { most: RELATIONSHIP_LEVELS.length }) levels!: RelationshipLevelRule[];
}
