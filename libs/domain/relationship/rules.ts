import { POTENTIAL_BANDS, type PotentialBand, RELATIONSHIP_LEVELS, type RelationshipLevel } from '#contracts/codes.js';
import type { RelationshipLevelRule, RelationshipRules } from '#contracts/rules/relationship-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { ensure, isGiven } from '../deciding.js';

/** The rules published at the first start (docs/customers.md). */
export const defaultRelationshipRules: RelationshipRules = {
  currency: 'USD',
  levels: [
    { relationshipLevel: 'basic', value: 0 },
    { relationshipLevel: 'reactive', value: 10_000 },
    { relationshipLevel: 'accountable', value: 50_000, potential: 'medium' },
    { relationshipLevel: 'proactive', value: 200_000, potential: 'high' },
    { relationshipLevel: 'partnership', value: 1_000_000 },
  ],
};

/** Version 1, as published at the first start. */
export const defaultRelationshipRulesPublished: RulesPublished<'relationship'> = {
  name: 'relationship',
  version: 1,
  document: defaultRelationshipRules,
  validFrom: '1900-01-01',
};

/** What is known of what a customer is worth. */
export interface CustomerWorth {
  /** So far, in minor units, by currency. */
  value: Readonly<Record<string, number>>;
  potential?: PotentialBand;
}

/** The deepest relationship level that a customer is worth, by value so far or by potential; at least basic. */
export function relationshipLevelWorth(rules: RelationshipRules, worth: CustomerWorth): RelationshipLevel {
  const value = worth.value[rules.currency] ?? 0;
  const reached = rules.levels.findLast((level) => value >= level.value || isReachedBy(worth.potential, level));
  return reached?.relationshipLevel ?? 'basic';
}

function isReachedBy(potential: PotentialBand | undefined, level: RelationshipLevelRule): boolean {
  return isGiven(potential) && isGiven(level.potential) && heightOf(potential) >= heightOf(level.potential);
}

function heightOf(potential: PotentialBand): number {
  return POTENTIAL_BANDS.indexOf(potential);
}

/** @throws RuleViolation naming the field, unless the document orders its levels as the levels are. */
export function ensureSoundRelationshipRules({ levels }: RelationshipRules): void {
  let highest: PotentialBand | undefined;
  for (const [index, { relationshipLevel, value, potential }] of levels.entries()) {
    const path = `document.levels.${index}`;
    const before = levels[index - 1];
    ensure(
      relationshipLevel !== 'basic' || value === 0,
      'invalid',
      'rules-basic-from-zero',
      'The relationship level basic is everyone’s: set its value to 0.',
      `${path}.value`,
    );
    ensure(
      before === undefined || depthOf(relationshipLevel) > depthOf(before.relationshipLevel),
      'invalid',
      'rules-relationship-levels-deepen',
      `The levels stand from the lightest to the deepest, each once: ${RELATIONSHIP_LEVELS.join(', ')}.`,
      `${path}.relationshipLevel`,
    );
    ensure(
      before === undefined || value > before.value,
      'invalid',
      'rules-relationship-values-ascend',
      `The value of ${relationshipLevel} must be above that of the level before it.`,
      `${path}.value`,
    );
    ensure(
      !isGiven(potential) || highest === undefined || heightOf(potential) >= heightOf(highest),
      'invalid',
      'rules-relationship-potentials-ascend',
      `A lighter level asks for the potential ${highest}: ${relationshipLevel} may not ask for less.`,
      `${path}.potential`,
    );
    highest = potential ?? highest;
  }
}

function depthOf(relationshipLevel: RelationshipLevel): number {
  return RELATIONSHIP_LEVELS.indexOf(relationshipLevel);
}
