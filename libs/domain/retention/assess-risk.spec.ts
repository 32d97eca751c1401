import { derivedId } from '#contracts/ids.js';
import type { RiskFact } from '#contracts/retention.events.js';
import { assessRisk, RISK_FACTORS, type RiskFactorName } from './assess-risk.js';
import { defaultRetentionRules, defaultRetentionRulesPublished, retentionRulesOn } from './rules.js';

const DAY = '2026-06-15';
const fact = (name: string, occurredAt = '2026-06-01T00:00:00Z'): RiskFact => ({
  about: 'complaint',
  id: derivedId('fact', name),
  occurredAt,
});
const assess = (facts: Partial<Record<RiskFactorName, RiskFact[]>>, change = {}) => {
  const document = { ...defaultRetentionRules, ...change };
  return assessRisk(facts, { ...defaultRetentionRulesPublished, version: 7, document }, DAY);
};

describe('the risk that a customer leaves', () => {
  it('is none where nothing speaks for it, and names the version of the rules', () => {
    expect(assess({})).toEqual({
      score: 0,
      band: 'low',
      factors: [],
      model: { name: 'rapport-rules', version: '7' },
    });
  });

  it.each(RISK_FACTORS)('has the factor %s with its weight and the facts that it rests on', (name) => {
    const facts = [fact('1'), fact('2', '2026-06-02T00:00:00Z')];
    const weight = defaultRetentionRules[`${name}Weight`];
    expect(assess({ [name]: facts })).toMatchObject({ score: weight, factors: [{ name, weight, facts }] });
  });

  it('is the sum of the factors, told as people add up, and each counts once', () => {
    const facts = [fact('1'), fact('2')];
    expect(assess({ openComplaint: facts, poorSatisfaction: facts, brokenPromise: facts })).toMatchObject({
      score: 0.8,
      band: 'high',
    });
  });

  it('is at most 1', () => {
    const facts = [fact('1')];
    const all = { inactivity: facts, openComplaint: facts, poorSatisfaction: facts, brokenPromise: facts };
    expect(assess(all)).toMatchObject({ score: 1, band: 'high' });
  });

  it.each([
    [0.29, 'low'],
    [0.3, 'medium'],
    [0.59, 'medium'],
    [0.6, 'high'],
  ])('of %d is %s, by the thresholds', (openComplaintWeight, band) => {
    expect(assess({ openComplaint: [fact('1')] }, { openComplaintWeight })).toMatchObject({ band });
  });

  it('names a factor that weighs nothing, so that its facts are not forgotten', () => {
    expect(assess({ openComplaint: [fact('1')] }, { openComplaintWeight: 0 })).toMatchObject({
      score: 0,
      factors: [{ name: 'openComplaint', weight: 0, facts: [fact('1')] }],
    });
  });

  it('leaves out facts older than the present, on the day', () => {
    const [last, old] = [fact('1', '2025-06-15T00:00:00Z'), fact('2', '2025-06-14T23:59:59Z')];
    expect(assess({ openComplaint: [last, old] })).toMatchObject({ factors: [{ facts: [last] }] });
    expect(assess({ openComplaint: [old] })).toMatchObject({ factors: [] });
  });

  it('keeps the last purchase that an inactivity rests on, however long ago that was', () => {
    const old = fact('1', '2020-01-01T00:00:00Z');
    expect(assess({ inactivity: [old] })).toMatchObject({ factors: [{ name: 'inactivity', facts: [old] }] });
  });

  it('names the latest hundred facts of a factor', () => {
    const many = Array.from({ length: 101 }, (_, n) => fact(String(n), `2026-06-01T00:00:00.${String(n + 100)}Z`));
    expect(assess({ openComplaint: [...many].reverse() }).factors[0]!.facts).toEqual(many.slice(1));
  });
});

describe('the version of the retention rules', () => {
  const second = { ...defaultRetentionRulesPublished, version: 2, validFrom: '2026-01-01' };

  it('is the last that is valid on the day, and the first for days before any', () => {
    const versions = [{ ...defaultRetentionRulesPublished, validFrom: '2025-01-01' }, second];
    expect(retentionRulesOn(versions, '2025-12-31').version).toBe(1);
    expect(retentionRulesOn(versions, '2026-01-01').version).toBe(2);
    expect(retentionRulesOn(versions, '2024-12-31').version).toBe(1);
  });

  it('is refused where none has been published', () => {
    expect(() => retentionRulesOn([], DAY)).toThrow(expect.objectContaining({ rule: 'retention-rules-published' }));
  });
});
