import { derivedId } from '#contracts/ids.js';
import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { balanceOn } from './balance.js';
import { defaultLoyaltyRules, defaultLoyaltyRulesPublished, versionAt, versionOn } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import { emptyLedger, type LoyaltyLedger } from './state.js';

const rules = [defaultLoyaltyRulesPublished];
const ledger = (...lots: [earnedOn: string, points: number, expiresOn?: string][]): LoyaltyLedger => ({
  ...emptyLedger,
  lots: lots.map(([earnedOn, points, expiresOn], index) => ({
    lotId: derivedId('lot', String(index)),
    sourceEventId: derivedId('source', String(index)),
    credited: points,
    points,
    remaining: points,
    earnedOn,
    ...(expiresOn && { expiresOn }),
  })),
});
const version = (number: number, validFrom: string, change: Partial<LoyaltyRules>): RulesPublished<'loyalty'> => ({
  name: 'loyalty',
  version: number,
  validFrom,
  document: { ...defaultLoyaltyRules, ...change },
});
const levelsOn = (of: LoyaltyLedger, days: string[], by = rules) =>
  days.map((day) => loyaltyLevelOn(of, by, day).loyaltyLevel);

describe('loyaltyLevelOn', () => {
  it('is the lowest for an empty ledger, with the next one in sight', () => {
    expect(loyaltyLevelOn(ledger(), rules, '2026-06-15')).toEqual({
      loyaltyLevel: 'member',
      qualifyingPoints: 0,
      window: { from: '2025-06-16', to: '2026-06-15' },
      next: { loyaltyLevel: 'loyal', threshold: 100, missing: 100 },
    });
  });
  it('is upgraded on the day on which the threshold is reached, exactly', () => {
    const points = ledger(['2025-01-10', 99], ['2025-03-01', 1]);
    expect(levelsOn(points, ['2025-02-28', '2025-03-01'])).toEqual(['member', 'loyal']);
    expect(loyaltyLevelOn(points, rules, '2025-03-01')).toEqual({
      loyaltyLevel: 'loyal',
      since: '2025-03-01',
      heldFrom: '2025-03-01',
      rulesVersion: 1,
      heldThrough: '2026-03-01',
      reviewOn: '2026-04-01',
      decidedBy: { points: 100, window: { from: '2024-03-02', to: '2025-03-01' } },
      qualifyingPoints: 100,
      window: { from: '2024-03-02', to: '2025-03-01' },
      next: { loyaltyLevel: 'preferred', threshold: 250, missing: 150 },
    });
  });
  it('is upgraded to the highest reached, and has no next one there', () => {
    const standing = loyaltyLevelOn(ledger(['2025-01-10', 5000]), rules, '2025-01-10');
    expect(standing).toMatchObject({ loyaltyLevel: 'vip', qualifyingPoints: 5000 });
    expect(standing.next).toBeUndefined();
  });
  it('counts neither the same day of the year before nor the future', () => {
    const points = ledger(['2024-06-15', 99], ['2025-06-15', 1], ['2026-01-01', 900]);
    expect(levelsOn(points, ['2025-06-15'])).toEqual(['member']);
    expect(levelsOn(ledger(['2024-06-16', 99], ['2025-06-15', 1]), ['2025-06-15'])).toEqual(['loyal']);
  });
  it('is held through the same day 12 months later and 30 days of grace, then comes down', () => {
    const points = ledger(['2025-03-01', 300]);
    expect(levelsOn(points, ['2026-03-01', '2026-03-31', '2026-04-01'])).toEqual(['preferred', 'preferred', 'member']);
    expect(loyaltyLevelOn(points, rules, '2026-04-01')).toMatchObject({ since: '2026-04-01', heldFrom: '2026-04-01' });
  });
  it('comes down only to what the points up to the day before reach, and holds that', () => {
    const points = ledger(['2025-03-01', 300], ['2025-09-01', 120]);
    expect(levelsOn(points, ['2026-03-31', '2026-04-01', '2027-05-01', '2027-05-02'])).toEqual([
      'preferred',
      'loyal',
      'loyal',
      'member',
    ]);
  });
  it('is renewed from the day after the grace, and since then unbroken', () => {
    const points = ledger(['2025-03-01', 300], ['2026-03-31', 250]);
    expect(loyaltyLevelOn(points, rules, '2026-04-01')).toMatchObject({
      loyaltyLevel: 'preferred',
      since: '2025-03-01',
      heldFrom: '2026-04-01',
      heldThrough: '2027-04-01',
    });
  });
  it('does not count the day of the review for renewal, but upgrades on it', () => {
    const points = ledger(['2025-03-01', 100], ['2026-03-31', 99], ['2026-04-01', 1]);
    expect(loyaltyLevelOn(points, rules, '2026-04-01')).toMatchObject({ loyaltyLevel: 'loyal', since: '2026-04-01' });
  });
  it('starts a new hold with a higher level, but not with the same one', () => {
    const same = ledger(['2025-03-01', 100], ['2025-08-01', 100]);
    expect(loyaltyLevelOn(same, rules, '2025-08-01').heldThrough).toBe('2026-03-01');
    const higher = ledger(['2025-03-01', 100], ['2025-08-01', 150]);
    expect(loyaltyLevelOn(higher, rules, '2025-08-01')).toMatchObject({
      loyaltyLevel: 'preferred',
      heldThrough: '2026-08-01',
    });
  });
  it('takes the last day of February where there is no 29th', () => {
    const leap = ledger(['2024-02-29', 100]);
    expect(loyaltyLevelOn(leap, rules, '2024-02-29').window.from).toBe('2023-03-01');
    expect(loyaltyLevelOn(leap, rules, '2025-02-28')).toMatchObject({
      heldThrough: '2025-02-28',
      qualifyingPoints: 100,
    });
    expect(loyaltyLevelOn(leap, rules, '2025-03-01').qualifyingPoints).toBe(0);
  });
  it('counts a late fact where it happened', () => {
    expect(levelsOn(ledger(['2026-01-01', 50], ['1997-01-01', 900]), ['1997-06-01', '2026-01-01'])).toEqual([
      'preferred',
      'member',
    ]);
  });

  it('judges by a new version from its day on, and keeps what is held until its review', () => {
    const stricter = version(2, '2025-06-01', {
      levels: defaultLoyaltyRules.levels.map((each) => ({ ...each, threshold: each.threshold * 2 })),
    });
    const points = ledger(['2025-03-01', 100], ['2025-07-01', 90]);
    expect(levelsOn(points, ['2025-06-01', '2026-03-31', '2026-04-01'], [...rules, stricter])).toEqual([
      'loyal',
      'loyal',
      'member',
    ]);
    const looser = version(2, '2025-06-01', {
      levels: [
        { name: 'member', threshold: 0 },
        { name: 'friend', threshold: 50 },
      ],
    });
    expect(levelsOn(ledger(['2025-03-01', 60]), ['2025-05-31', '2025-06-01'], [...rules, looser])).toEqual([
      'member',
      'friend',
    ]);
    expect(levelsOn(ledger(['2025-03-01', 1000]), ['2025-06-01'], [...rules, looser])).toEqual(['friend']);
  });
  it('of a calendar year counts from 1 January, and holds through the end of the next year', () => {
    const yearly = [version(1, '1900-01-01', { window: 'calendarYear' })];
    const points = ledger(['2024-12-31', 60], ['2025-01-01', 60], ['2025-12-20', 40], ['2027-01-10', 99]);
    expect(loyaltyLevelOn(points, yearly, '2025-12-20')).toMatchObject({
      loyaltyLevel: 'loyal',
      heldThrough: '2026-12-31',
    });
    expect(levelsOn(points, ['2025-12-19', '2027-01-30', '2027-01-31'], yearly)).toEqual(['member', 'loyal', 'member']);
  });
  it('of a calendar year is renewed by the full year that ended with the hold', () => {
    const yearly = [version(1, '1900-01-01', { window: 'calendarYear' })];
    const points = ledger(['2025-12-20', 100], ['2026-05-01', 100]);
    expect(loyaltyLevelOn(points, yearly, '2027-01-31')).toMatchObject({
      loyaltyLevel: 'loyal',
      since: '2025-12-20',
      heldThrough: '2027-12-31',
    });
  });
  it('comes to a review again when a new version would have ended the hold before it began', () => {
    const months = version(1, '1900-01-01', { graceDays: 400 });
    const yearly = version(2, '2025-06-01', { window: 'calendarYear', graceDays: 0 });
    const points = ledger(['2024-03-01', 100], ['2025-02-01', 100]);
    const both = [months, yearly];
    expect(loyaltyLevelOn(points, both, '2026-04-06')).toMatchObject({
      loyaltyLevel: 'loyal',
      heldFrom: '2026-04-06',
      heldThrough: '2026-12-31',
    });
    expect(levelsOn(points, ['2026-12-31', '2027-01-01'], both)).toEqual(['loyal', 'member']);
  });
  it('of a lifetime never comes down', () => {
    const lifetime = [version(1, '1900-01-01', { window: 'lifetime' })];
    expect(
      levelsOn(ledger(['1950-01-01', 60], ['1999-01-01', 40]), ['1998-12-31', '1999-01-01', '2999-01-01'], lifetime),
    ).toEqual(['member', 'loyal', 'loyal']);
  });
  it('answers at the ends of the calendar', () => {
    expect(levelsOn(ledger(['9999-12-30', 100]), ['0001-01-01', '9999-12-31'])).toEqual(['member', 'loyal']);
    expect(levelsOn(ledger(['0001-01-02', 100]), ['0001-01-02'])).toEqual(['loyal']);
  });
  it('answers for 10,000 lots at once', () => {
    const lots = Array.from(
      { length: 10_000 },
      (_, index) => [`${1900 + (index % 125)}-0${1 + (index % 9)}-1${index % 10}`, 1] as [string, number],
    );
    const many = ledger(...lots);
    // The best of a few: whatever else runs on the machine takes time from some of them.
    const tookMs = Array.from({ length: 5 }, () => {
      const start = performance.now();
      loyaltyLevelOn(many, rules, '2026-01-01');
      return performance.now() - start;
    });
    expect(Math.min(...tookMs)).toBeLessThan(500);
  });
});

describe('balanceOn', () => {
  it('counts a lot from its day through the day before it expires', () => {
    const points = ledger(['2025-03-01', 10, '2026-03-02'], ['2025-04-01', 5]);
    expect(['2025-02-28', '2025-03-01', '2026-03-01', '2026-03-02'].map((day) => balanceOn(points, day))).toEqual([
      0, 10, 15, 5,
    ]);
  });
  it('subtracts the deficit', () => {
    expect(balanceOn({ ...ledger(['2025-03-01', 10]), deficit: 25 }, '2025-03-01')).toBe(-15);
  });
});

describe('versionOn', () => {
  const second = version(2, '2025-01-01', { timeZone: 'Asia/Ho_Chi_Minh' });
  const corrected = version(3, '2025-01-01', {});

  it('is the last version whose day has come; before the first day, the first', () => {
    const versions = [defaultLoyaltyRulesPublished, second, corrected];
    expect(['1850-01-01', '2024-12-31', '2025-01-01'].map((day) => versionOn(versions, day).version)).toEqual([
      1, 1, 3,
    ]);
  });
  it('is chosen for a purchase by the day in the version’s own time zone', () => {
    const versions = [defaultLoyaltyRulesPublished, second];
    expect(versionAt(versions, '2024-12-31T16:59:59Z')).toMatchObject({ version: { version: 1 }, day: '2024-12-31' });
    expect(versionAt(versions, '2024-12-31T17:00:00Z')).toMatchObject({ version: { version: 2 }, day: '2025-01-01' });
  });
});
