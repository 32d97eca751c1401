import type { LoyaltyEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { type Expected, type Given, given } from '#testing/decider-spec.js';
import type { EarningSource, EarnPoints } from './commands.js';
import { loyalty } from './loyalty.decider.js';
import { defaultLoyaltyRules, defaultLoyaltyRulesPublished } from './rules.js';

const customerId = derivedId('customer', 'anna');
const today = { businessDate: '2026-06-15' };

const source = (name: string, occurredAt: string, amount: number, currency = 'USD'): EarningSource => ({
  eventId: derivedId('source', name),
  occurredAt,
  amount,
  currency,
});
const earn = (
  sources: EarningSource[],
  rules: RulesPublished<'loyalty'>[] = [defaultLoyaltyRulesPublished],
): EarnPoints => ({
  type: 'EarnPoints',
  customerId,
  sources,
  rules,
});
const version = (number: number, validFrom: string, change: Partial<LoyaltyRules>): RulesPublished<'loyalty'> => ({
  name: 'loyalty',
  version: number,
  validFrom,
  document: { ...defaultLoyaltyRules, ...change },
});

/** What a source brings about: it happened when the source did, because of it. */
const becauseOf = ({ eventId, occurredAt }: EarningSource, event: LoyaltyEvent): Expected<LoyaltyEvent> => ({
  ...event,
  occurredAt,
  causationId: eventId,
});
const enrolled: Given<LoyaltyEvent> = { type: 'LoyaltyEnrolled', data: { customerId } };
const enrolledBy = (by: EarningSource) => becauseOf(by, { type: 'LoyaltyEnrolled', data: { customerId } });
const earned = (
  by: EarningSource,
  points: number,
  [earnedOn, expiresOn]: [string, string?],
  { rulesVersion = 1, minorUnitsPerPoint = 100, multiplier = '1' } = {},
) =>
  becauseOf(by, {
    type: 'PointsEarned',
    data: {
      lotId: derivedId('lot', by.eventId),
      points,
      sourceEventId: by.eventId,
      earnedOn,
      ...(expiresOn && { expiresOn }),
      rulesVersion,
      breakdown: { amount: by.amount, currency: by.currency, minorUnitsPerPoint, multiplier },
    },
  });
const upgraded = (by: EarningSource, from: string, to: string, basis: number, [start, end]: [string, string]) =>
  becauseOf(by, {
    type: 'LoyaltyLevelUpgraded',
    // Held through the same day 12 months later and 30 days of grace.
    data: { from, to, basis, window: { from: start, to: end }, reviewOn: '2027-07-16' },
  });

const small = source('small', '2026-06-15T09:00:00Z', 1999);
const smallEarned = earned(small, 19, ['2026-06-15', '2027-06-16']);
const big = source('big', '2026-06-15T09:30:00Z', 30_000);
const bigEarned = earned(big, 300, ['2026-06-15', '2027-06-16']);
const month: [string, string] = ['2025-06-16', '2026-06-15'];

describe('EarnPoints', () => {
  it('enrols on first use and earns a point for each whole unit', () => {
    given(loyalty)
      .when(earn([small]), today)
      .then([enrolledBy(small), smallEarned]);
  });
  it('does not enrol twice', () => {
    given(loyalty, [enrolled])
      .when(earn([small]), today)
      .then([smallEarned]);
  });
  it('earns once a source, whether it comes again in a command or in a later one', () => {
    given(loyalty, [enrolled])
      .when(earn([small, small]), today)
      .then([smallEarned]);
    given(loyalty, [enrolled, smallEarned])
      .when(earn([small]), today)
      .thenNothing();
  });
  it('earns nothing without sources, or for less than a unit', () => {
    const penny = source('penny', small.occurredAt, 99);
    given(loyalty).when(earn([]), today).thenNothing();
    given(loyalty, [enrolled])
      .when(earn([penny]), today)
      .thenNothing();
    given(loyalty)
      .when(earn([penny]), today)
      .then([enrolledBy(penny)]);
  });
  it('earns in the order in which the sources happened', () => {
    given(loyalty, [enrolled, bigEarned, upgraded(big, 'member', 'preferred', 300, month)])
      .when(earn([source('late', '2026-06-15T09:00:00.5Z', 200), small]), today)
      .then([smallEarned, earned(source('late', '2026-06-15T09:00:00.5Z', 200), 2, ['2026-06-15', '2027-06-16'])]);
  });
  it('is judged by the version valid on the purchase’s day, told in its time zone', () => {
    const local = version(2, '2026-01-01', { timeZone: 'Asia/Ho_Chi_Minh', unitsPerPoint: 2, expiryDays: 10 });
    const before = source('before', '2025-12-31T16:59:59Z', 1000);
    const after = source('after', '2025-12-31T17:00:00Z', 1000);
    given(loyalty, [enrolled])
      .when(earn([before, after], [defaultLoyaltyRulesPublished, local]), today)
      .then([
        earned(before, 10, ['2025-12-31', '2027-01-01']),
        earned(after, 5, ['2026-01-01', '2026-01-12'], { rulesVersion: 2, minorUnitsPerPoint: 200 }),
      ]);
  });
  it('earns points that never expire where the rules say so', () => {
    const { expiryDays: _, ...document } = defaultLoyaltyRules;
    given(loyalty, [enrolled])
      .when(earn([small], [{ ...defaultLoyaltyRulesPublished, document }]), today)
      .then([earned(small, 19, ['2026-06-15'])]);
  });
  it('multiplies by the level held before the purchase, exactly, and rounds down', () => {
    const levels = defaultLoyaltyRules.levels.map((each) => ({
      ...each,
      multiplier: each.threshold > 0 ? '1.15' : '1',
    }));
    const more = source('more', '2026-06-15T10:00:00Z', 1999);
    given(loyalty, [enrolled])
      .when(earn([big, more], [version(1, '1900-01-01', { levels })]), today)
      .then([
        bigEarned,
        earned(more, 21, ['2026-06-15', '2027-06-16'], { multiplier: '1.15' }),
        upgraded(big, 'member', 'preferred', 321, month),
      ]);
  });
  it('earns for a purchase of long ago, and announces nothing of the past', () => {
    const old = source('old', '1997-03-01T00:00:00Z', 500_000);
    given(loyalty, [enrolled])
      .when(earn([old]), today)
      .then([earned(old, 5000, ['1997-03-01', '1998-03-02'])]);
  });

  it('announces the upgrade, because of the source that made it so', () => {
    given(loyalty, [enrolled])
      .when(earn([small, big, source('after', '2026-06-15T10:00:00Z', 100)]), today)
      .then([
        smallEarned,
        bigEarned,
        earned(source('after', '2026-06-15T10:00:00Z', 100), 1, ['2026-06-15', '2027-06-16']),
        upgraded(big, 'member', 'preferred', 320, month),
      ]);
  });
  it('announces one upgrade, to the highest reached', () => {
    const first = source('first', '2026-06-14T09:00:00Z', 10_000);
    given(loyalty, [enrolled])
      .when(earn([first, big]), today)
      .then([
        earned(first, 100, ['2026-06-14', '2027-06-15']),
        bigEarned,
        upgraded(big, 'member', 'preferred', 400, month),
      ]);
  });
  it('announces nothing that has been announced', () => {
    const more = source('more', '2026-06-15T10:00:00Z', 1000);
    given(loyalty, [enrolled, bigEarned, upgraded(big, 'member', 'preferred', 300, month)])
      .when(earn([more]), today)
      .then([earned(more, 10, ['2026-06-15', '2027-06-16'])]);
  });
  it('does not announce what is only reached after the business date', () => {
    given(loyalty, [enrolled])
      .when(earn([big]), { businessDate: '2026-06-14' })
      .then([bigEarned]);
  });
  it('announces an earlier upgrade with the next earnings, in the name of their last source', () => {
    given(loyalty, [enrolled, bigEarned])
      .when(earn([source('other', '2026-06-15T08:00:00Z', 100), small]), today)
      .then([
        earned(source('other', '2026-06-15T08:00:00Z', 100), 1, ['2026-06-15', '2027-06-16']),
        smallEarned,
        upgraded(small, 'member', 'preferred', 320, month),
      ]);
  });
  it('does not take a renamed level for an upgrade', () => {
    const levels = [
      { name: 'member', threshold: 0 },
      { name: 'silver', threshold: 250 },
    ];
    given(loyalty, [enrolled, bigEarned, upgraded(big, 'member', 'preferred', 300, month)])
      .when(earn([small], [defaultLoyaltyRulesPublished, version(2, '2026-06-15', { levels })]), today)
      .then([earned(small, 19, ['2026-06-15', '2027-06-16'], { rulesVersion: 2 })]);
  });

  it('is refused on the ledger of another customer', () => {
    given(loyalty, [enrolled])
      .when({ ...earn([small]), customerId: derivedId('customer', 'ben') }, today)
      .thenRefused('ledger-of-its-customer', { kind: 'invalid', field: 'customerId' });
  });
  it('is refused while no rules have been published', () => {
    given(loyalty)
      .when(earn([small], []), today)
      .thenRefused('loyalty-rules-published', { kind: 'not-found' });
  });
  it('caps the points of one source where a ledger could no longer be summed exactly', () => {
    const huge = source('huge', small.occurredAt, 100_000_000_000_100);
    const [, event] = loyalty.decide(earn([huge]), loyalty.initial, { occurredAt: huge.occurredAt, ...today });
    expect(event).toMatchObject({ type: 'PointsEarned', data: { points: 1_000_000_000_000 } });
  });
  it('gives a point for a whole unit of a currency without minor units', () => {
    const yen = { ...source('yen', small.occurredAt, 250), currency: 'JPY' };
    const [, event] = loyalty.decide(earn([yen]), loyalty.initial, { occurredAt: yen.occurredAt, ...today });
    expect(event).toMatchObject({ type: 'PointsEarned', data: { points: 250, breakdown: { minorUnitsPerPoint: 1 } } });
  });
});
