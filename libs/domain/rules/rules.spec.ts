import fc from 'fast-check';
import type { RulesEvent } from '#contracts/events.js';
import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RetentionRules } from '#contracts/rules/retention-rules.js';
import { type Given, given } from '#testing/decider-spec.js';
import { holds, play } from '#testing/property.js';
import { defaultLoyaltyRules, defaultLoyaltyRulesPublished } from '../loyalty/rules.js';
import { defaultRetentionRules, defaultRetentionRulesPublished } from '../retention/rules.js';
import type { PublishRules } from './commands.js';
import { rules } from './rules.decider.js';

const first: Given<RulesEvent> = { type: 'RulesPublished', data: defaultLoyaltyRulesPublished };
const second: PublishRules = {
  type: 'PublishRules',
  ...defaultLoyaltyRulesPublished,
  version: 2,
  validFrom: '2026-01-01',
};

describe('PublishRules', () => {
  it('publishes the default rules as version 1', () => {
    given(rules)
      .when({ type: 'PublishRules', ...defaultLoyaltyRulesPublished })
      .then([first]);
  });
  it('publishes the next version, from a later day or the same one', () => {
    const { type, ...data } = second;
    given(rules, [first])
      .when(second)
      .then([{ type: 'RulesPublished', data }]);
    given(rules, [first])
      .when({ ...second, validFrom: '1900-01-01' })
      .then([{ type: 'RulesPublished', data: { ...data, validFrom: '1900-01-01' } }]);
  });
  it('is refused for a version that is there: a version is never edited', () => {
    given(rules, [first])
      .when({ ...second, version: 1 })
      .thenRefused('rules-version-never-edited', { kind: 'conflict', field: 'version' });
  });
  it('is refused for a version that leaves a gap', () => {
    given(rules).when(second).thenRefused('rules-versions-dense', { kind: 'invalid', field: 'version' });
    given(rules, [first])
      .when({ ...second, version: 3 })
      .thenRefused('rules-versions-dense');
  });
  it('is refused for a day before the last version’s', () => {
    given(rules, [first])
      .when({ ...second, validFrom: '1899-12-31' })
      .thenRefused('rules-valid-from-ascends', { kind: 'invalid', field: 'validFrom' });
  });

  const [member, loyal] = defaultLoyaltyRules.levels as [LoyaltyRules['levels'][0], LoyaltyRules['levels'][0]];
  it.each<[string, Partial<LoyaltyRules>, string]>([
    ['rules-time-zone-known', { timeZone: 'Mars/Olympus_Mons' }, 'timeZone'],
    ['rules-first-threshold-zero', { levels: [{ ...member, threshold: 1 }] }, 'levels.0.threshold'],
    ['rules-thresholds-ascend', { levels: [member, loyal, { name: 'x', threshold: 100 }] }, 'levels.2.threshold'],
    ['rules-level-names-unique', { levels: [member, { ...loyal, name: 'member' }] }, 'levels.1.name'],
    ['rules-calendar-year-is-12-months', { window: 'calendarYear', windowMonths: 24 }, 'windowMonths'],
    ['rules-within-bounds', { windowMonths: 1201 }, 'windowMonths'],
    ['rules-within-bounds', { graceDays: 3661 }, 'graceDays'],
    ['rules-within-bounds', { expiryDays: 36_601 }, 'expiryDays'],
    ['rules-within-bounds', { levels: [{ ...member, multiplier: '1000' }] }, 'levels.0.multiplier'],
  ])('is refused for a document that breaks %s', (rule, change, field) => {
    given(rules)
      .when({ type: 'PublishRules', ...defaultLoyaltyRulesPublished, document: { ...defaultLoyaltyRules, ...change } })
      .thenRefused(rule, { kind: 'invalid', field: `document.${field}` });
  });
});

describe('PublishRules of retention', () => {
  it('publishes the default rules as version 1', () => {
    given(rules)
      .when({ type: 'PublishRules', ...defaultRetentionRulesPublished })
      .then([{ type: 'RulesPublished', data: defaultRetentionRulesPublished }]);
  });
  it.each<[string, Partial<RetentionRules>, string]>([
    ['rules-low-risk-possible', { mediumFrom: 0 }, 'mediumFrom'],
    ['rules-thresholds-ascend', { mediumFrom: 0.5, highFrom: 0.4 }, 'highFrom'],
    ['rules-churn-after-inactivity', { churnedAfterRhythms: 2 }, 'churnedAfterRhythms'],
    ['rules-within-bounds', { rhythmPurchases: 1_001 }, 'rhythmPurchases'],
    ['rules-within-bounds', { usualRhythmDays: 3_661 }, 'usualRhythmDays'],
    ['rules-within-bounds', { shortestRhythmDays: 3_661 }, 'shortestRhythmDays'],
    ['rules-within-bounds', { presentDays: 1_096 }, 'presentDays'],
  ])('is refused for a document that breaks %s', (rule, change, field) => {
    const document = { ...defaultRetentionRules, ...change };
    given(rules)
      .when({ type: 'PublishRules', ...defaultRetentionRulesPublished, document })
      .thenRefused(rule, { kind: 'invalid', field: `document.${field}` });
  });
});

describe('Any interleaving of PublishRules', () => {
  it('leaves versions dense from 1, each valid from no earlier a day than the one before', () => {
    const command = fc.record({ version: fc.integer({ min: 1, max: 4 }), month: fc.integer({ min: 1, max: 9 }) });
    const context = { occurredAt: '2026-06-15T10:00:00Z', businessDate: '2026-06-15' };
    holds(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const steps = commands.map(({ version, month }) => ({
          command: { ...second, version, validFrom: `2026-0${month}-01` },
          context,
        }));
        const { versions } = play(rules, steps).at(-1)?.after ?? rules.initial;
        expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
        const days = versions.map(({ validFrom }) => validFrom);
        expect(days).toEqual([...days].sort());
      }),
    );
  });
});
