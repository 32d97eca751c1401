import fc from 'fast-check';
import { POTENTIAL_BANDS, RELATIONSHIP_LEVELS } from '#contracts/codes.js';
import type { RelationshipRules } from '#contracts/rules/relationship-rules.js';
import { given } from '#testing/decider-spec.js';
import { holds } from '#testing/property.js';
import { rules } from '../rules/rules.decider.js';
import {
  type CustomerWorth,
  defaultRelationshipRules,
  defaultRelationshipRulesPublished,
  relationshipLevelWorth,
} from './rules.js';

const [basic, reactive] = [
  { relationshipLevel: 'basic', value: 0 },
  { relationshipLevel: 'reactive', value: 100 },
] as const;

describe('PublishRules, of the relationship', () => {
  const publish = (levels: RelationshipRules['levels']) =>
    given(rules).when({
      type: 'PublishRules',
      ...defaultRelationshipRulesPublished,
      document: { currency: 'VND', levels },
    });

  it('publishes the default rules', () => {
    given(rules)
      .when({ type: 'PublishRules', ...defaultRelationshipRulesPublished })
      .then([{ type: 'RulesPublished', data: defaultRelationshipRulesPublished }]);
  });
  it('publishes rules that pass over levels, basic among them', () => {
    const data = {
      ...defaultRelationshipRulesPublished,
      document: { currency: 'VND', levels: [reactive, { relationshipLevel: 'partnership' as const, value: 101 }] },
    };
    given(rules)
      .when({ type: 'PublishRules', ...data })
      .then([{ type: 'RulesPublished', data }]);
  });
  it.each<[string, RelationshipRules['levels'], string]>([
    ['rules-basic-from-zero', [{ ...basic, value: 1 }], '0.value'],
    ['rules-relationship-levels-deepen', [reactive, { ...basic }], '1.relationshipLevel'],
    ['rules-relationship-levels-deepen', [reactive, { ...reactive, value: 200 }], '1.relationshipLevel'],
    ['rules-relationship-values-ascend', [reactive, { relationshipLevel: 'proactive', value: 100 }], '1.value'],
    [
      'rules-relationship-potentials-ascend',
      [
        { ...reactive, potential: 'high' },
        { relationshipLevel: 'accountable', value: 200 },
        { relationshipLevel: 'proactive', value: 300, potential: 'medium' },
      ],
      '2.potential',
    ],
  ])('is refused for a document that breaks %s', (rule, levels, field) => {
    publish(levels).thenRefused(rule, { kind: 'invalid', field: `document.levels.${field}` });
  });
});

describe('relationshipLevelWorth', () => {
  it.each<[CustomerWorth, string]>([
    [{ value: {} }, 'basic'],
    [{ value: { USD: -500 } }, 'basic'],
    [{ value: { USD: 9_999 } }, 'basic'],
    [{ value: { USD: 10_000 } }, 'reactive'],
    [{ value: { USD: 199_999 } }, 'accountable'],
    [{ value: { USD: 1_000_000 } }, 'partnership'],
    [{ value: { EUR: 1_000_000 } }, 'basic'],
    [{ value: {}, potential: 'low' }, 'basic'],
    [{ value: {}, potential: 'medium' }, 'accountable'],
    [{ value: { USD: 10_000 }, potential: 'high' }, 'proactive'],
    [{ value: { USD: 1_000_000 }, potential: 'low' }, 'partnership'],
  ])('by the default rules and %j is %s', (worth, level) => {
    expect(relationshipLevelWorth(defaultRelationshipRules, worth)).toBe(level);
  });
  it('is basic where no level is reached', () => {
    expect(relationshipLevelWorth({ currency: 'VND', levels: [reactive] }, { value: { VND: 99 } })).toBe('basic');
  });
  it('never falls when value or potential rises', () => {
    const value = fc.integer({ min: -1_000, max: 2_000_000 });
    const potential = fc.constantFrom(undefined, ...POTENTIAL_BANDS);
    const depth = (worth: CustomerWorth) =>
      RELATIONSHIP_LEVELS.indexOf(relationshipLevelWorth(defaultRelationshipRules, worth));
    holds(
      fc.property(value, value, potential, (one, other, band) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(depth({ value: { USD: more }, potential: band })).toBeGreaterThanOrEqual(
          depth({ value: { USD: less }, potential: band }),
        );
        expect(depth({ value: { USD: less }, potential: 'high' })).toBeGreaterThanOrEqual(
          depth({ value: { USD: less }, potential: band }),
        );
      }),
    );
  });
});
