import type { ComplaintRules } from '#contracts/rules/complaint-rules.js';
import { given } from '#testing/decider-spec.js';
import { rules } from '../rules/rules.decider.js';
import { complaintRulesAt, defaultComplaintRules, defaultComplaintRulesPublished, targetOf } from './rules.js';

const [low, ...others] = defaultComplaintRules.targets as [ComplaintRules['targets'][0], ...ComplaintRules['targets']];
const monday = { weekday: 'monday', from: '09:00', to: '10:00' } as const;

describe('publishing complaint rules', () => {
  it('takes the default rules as version 1', () => {
    given(rules)
      .when({ type: 'PublishRules', ...defaultComplaintRulesPublished })
      .then([{ type: 'RulesPublished', data: defaultComplaintRulesPublished }]);
  });

  it.each<[string, Partial<ComplaintRules>, string]>([
    ['rules-time-zone-known', { timeZone: 'Mars/Olympus_Mons' }, 'timeZone'],
    ['rules-hours-in-order', { businessHours: [{ ...monday, to: '09:00' }] }, 'businessHours.0.to'],
    [
      'rules-hours-apart',
      { businessHours: [monday, { ...monday, from: '09:59', to: '11:00' }] },
      'businessHours.1.from',
    ],
    ['rules-target-for-each-severity', { targets: [low, low, ...others.slice(1)] }, 'targets'],
    // 100 weeks of one hour are 6,000 minutes.
    [
      'rules-within-bounds',
      { businessHours: [monday], targets: [{ ...low, resolutionMinutes: 6_001 }, ...others] },
      'targets.0.resolutionMinutes',
    ],
    [
      'rules-within-bounds',
      { targets: [{ ...low, resolutionMinutes: 100 * 5 * 480 + 1 }, ...others] },
      'targets.0.resolutionMinutes',
    ],
    ['rules-within-bounds', { presentDays: 36_601 }, 'presentDays'],
  ])('is refused for a document that breaks %s', (rule, change, field) => {
    const document = { ...defaultComplaintRules, ...change };
    given(rules)
      .when({ type: 'PublishRules', ...defaultComplaintRulesPublished, document })
      .thenRefused(rule, { kind: 'invalid', field: `document.${field}` });
  });

  it('takes hours that meet, and the same hours on other days', () => {
    const businessHours = [
      monday,
      { ...monday, from: '10:00', to: '24:00' },
      { ...monday, weekday: 'tuesday' as const },
    ];
    given(rules)
      .when({
        type: 'PublishRules',
        ...defaultComplaintRulesPublished,
        document: { ...defaultComplaintRules, businessHours },
      })
      .then([
        {
          type: 'RulesPublished',
          data: { ...defaultComplaintRulesPublished, document: { ...defaultComplaintRules, businessHours } },
        },
      ]);
  });
});

describe('the version that judges', () => {
  const zone = (timeZone: string) => ({ ...defaultComplaintRules, timeZone });
  const versions = [
    { ...defaultComplaintRulesPublished, validFrom: '2026-01-01' },
    { ...defaultComplaintRulesPublished, version: 2, validFrom: '2026-06-15', document: zone('Asia/Ho_Chi_Minh') },
  ];

  it.each([
    ['2026-06-14T16:59:59Z', 1],
    ['2026-06-14T17:00:00Z', 2],
    ['2025-12-31T00:00:00Z', 1],
  ])('is told by the day in its own time zone: at %s version %i', (instant, version) => {
    expect(complaintRulesAt(versions, instant).version).toBe(version);
  });

  it('is the default before any is published', () => {
    expect(complaintRulesAt([], '2026-06-14T00:00:00Z')).toBe(defaultComplaintRulesPublished);
  });

  it('has a target for each severity', () => {
    expect(targetOf(defaultComplaintRules, 'critical')).toMatchObject({ acknowledgementMinutes: 60 });
  });
});
