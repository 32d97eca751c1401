import fc from 'fast-check';
import { derivedId } from '#contracts/ids.js';
import type { LoyaltyLevelRule, LoyaltyRules } from '#contracts/rules/loyalty-rules.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { holds, play } from '#testing/property.js';
import { addDays } from '../calendar.js';
import { balanceOn } from './balance.js';
import { loyalty } from './loyalty.decider.js';
import { ensureSoundLoyaltyRules } from './rules.js';
import { loyaltyLevelOn } from './standing.js';
import { emptyLedger, type LoyaltyLedger } from './state.js';

const customerId = derivedId('customer', 'anna');

/** Mostly around leap days and year ends of four years, where calendars go wrong. */
const day = fc.oneof(
  fc.integer({ min: 0, max: 1460 }).map((days) => addDays('2023-01-01', days)),
  fc.constantFrom('2024-02-28', '2024-02-29', '2024-03-01', '2025-02-28', '2025-12-31', '2026-01-01'),
);
const instant = fc
  .tuple(day, fc.constantFrom('00:00:00', '03:00:00.5', '16:59:59', '23:59:59.999'))
  .map(([on, at]) => `${on}T${at}Z`);

const levels: fc.Arbitrary<LoyaltyLevelRule[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 3 }),
    fc.shuffledSubarray(['loyal', 'preferred', 'vip'], { minLength: 3 }),
    fc.option(fc.constantFrom('1', '1.15', '2', '0.5'), { nil: undefined }),
  )
  .map(([thresholds, names, multiplier]) => [
    { name: 'member', threshold: 0 },
    ...thresholds
      .sort((a, b) => a - b)
      .map((threshold, index) => ({ name: names[index]!, threshold, ...(multiplier && { multiplier }) })),
  ]);
const document: fc.Arbitrary<LoyaltyRules> = fc
  .record({
    timeZone: fc.constantFrom('UTC', 'Asia/Ho_Chi_Minh', 'America/New_York'),
    unitsPerPoint: fc.constantFrom(1, 2, 50),
    expiryDays: fc.constantFrom(undefined, 1, 90, 365),
    window: fc.constantFrom('calendarMonths', 'calendarMonths', 'calendarYear', 'lifetime'),
    windowMonths: fc.constantFrom(1, 6, 12, 12),
    graceDays: fc.constantFrom(0, 1, 30, 400),
    levels,
  })
  .map((each) => (each.window === 'calendarYear' ? { ...each, windowMonths: 12 } : each));
const rules: fc.Arbitrary<RulesPublished<'loyalty'>[]> = fc
  .array(fc.tuple(document, day), { minLength: 1, maxLength: 3 })
  .map((versions) =>
    [...versions]
      .sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([document, validFrom], index) => ({ name: 'loyalty', version: index + 1, document, validFrom })),
  );

const ledger: fc.Arbitrary<LoyaltyLedger> = fc
  .array(fc.tuple(day, fc.integer({ min: 1, max: 150 })), { maxLength: 25 })
  .map((lots) => ({
    ...emptyLedger,
    lots: lots.map(([earnedOn, points], index) => ({
      lotId: derivedId('lot', String(index)),
      sourceEventId: derivedId('source', String(index)),
      credited: points,
      points,
      remaining: points,
      earnedOn,
    })),
  }));

/** The same day `months` before or after, by trial: the last day of the month that the day's number does not exceed. */
function sameDay(of: string, months: number): string {
  const [year, month, number] = of.split('-').map(Number) as [number, number, number];
  for (let at = number; ; at--) {
    const date = new Date(Date.UTC(year, month - 1 + months, at));
    const first = new Date(Date.UTC(year, month - 1 + months, 1));
    if (date.getUTCMonth() === first.getUTCMonth()) return date.toISOString().slice(0, 10);
  }
}
const next = (of: string, days = 1) => new Date(Date.parse(of) + days * 86_400_000).toISOString().slice(0, 10);

/** The rules of docs/loyalty.md, day by day from before the first fact, with nothing clever about it. */
function simulate(ledger: LoyaltyLedger, rules: RulesPublished<'loyalty'>[], date: string) {
  const versionOf = (day: string) => [...rules].reverse().find((each) => each.validFrom <= day) ?? rules[0]!;
  const pointsOf = (document: LoyaltyRules, to: string) =>
    ledger.lots
      .filter(({ earnedOn }) => earnedOn <= to)
      .filter(({ earnedOn }) => document.window !== 'calendarMonths' || earnedOn > sameDay(to, -document.windowMonths))
      .filter(({ earnedOn }) => document.window !== 'calendarYear' || earnedOn.slice(0, 4) === to.slice(0, 4))
      .reduce((sum, { points }) => sum + points, 0);
  const reached = (document: LoyaltyRules, points: number) =>
    document.levels.filter((each) => each.threshold <= points).at(-1)!;

  let level = rules[0]!.document.levels[0]!;
  let since: string | undefined;
  let heldThrough: string | undefined;
  let graceEnds: string | undefined;
  for (let day = '2022-12-31'; day <= date; day = next(day)) {
    const { document } = versionOf(day);
    level = document.levels.find(({ name }) => name === level.name) ?? reached(document, level.threshold);
    const hold = (to: LoyaltyLevelRule, decidedIn: string) => {
      level = to;
      heldThrough =
        document.window === 'calendarYear'
          ? `${Number(decidedIn.slice(0, 4)) + 1}-12-31`
          : sameDay(day, document.windowMonths);
      graceEnds = next(heldThrough, document.graceDays);
      if (to.threshold === 0) heldThrough = graceEnds = undefined;
    };
    if (graceEnds !== undefined && day > graceEnds) {
      const to = document.window === 'calendarYear' ? `${Number(day.slice(0, 4)) - 1}-12-31` : next(day, -1);
      const decided = reached(document, pointsOf(document, to));
      if (decided.name !== level.name) since = day;
      hold(decided, to);
    }
    const now = reached(document, pointsOf(document, day));
    if (now.threshold > level.threshold) {
      since = day;
      hold(now, day);
    }
  }
  return { loyaltyLevel: level.name, since, heldThrough, qualifyingPoints: pointsOf(versionOf(date).document, date) };
}

describe('The loyalty level of any ledger', () => {
  it('is what a simulation day by day gives', () => {
    holds(
      fc.property(ledger, rules, day, (ledger, rules, date) => {
        const { loyaltyLevel, since, heldThrough, qualifyingPoints } = loyaltyLevelOn(ledger, rules, date);
        expect({ loyaltyLevel, since, heldThrough, qualifyingPoints }).toEqual(simulate(ledger, rules, date));
      }),
    );
  });
  it('is the same when it is computed from the facts up to that day alone', () => {
    holds(
      fc.property(ledger, rules, day, (ledger, rules, date) => {
        const known = { ...ledger, lots: ledger.lots.filter(({ earnedOn }) => earnedOn <= date) };
        const published = rules.filter(({ version, validFrom }) => version === 1 || validFrom <= date);
        expect(loyaltyLevelOn(ledger, rules, date)).toEqual(loyaltyLevelOn(known, published, date));
      }),
    );
  });
  it('does not depend on the order in which the lots were recorded', () => {
    holds(
      fc.property(ledger, rules, day, (ledger, rules, date) => {
        const reversed = { ...ledger, lots: [...ledger.lots].reverse() };
        expect(loyaltyLevelOn(ledger, rules, date)).toEqual(loyaltyLevelOn(reversed, rules, date));
      }),
    );
  });
});

describe('Any interleaving of EarnPoints', () => {
  const pool = fc.array(fc.tuple(instant, fc.nat(40_000)), { minLength: 1, maxLength: 12 }).map((sources) =>
    sources.map(([occurredAt, amount], index) => ({
      eventId: derivedId('source', String(index)),
      occurredAt,
      amount,
      currency: 'USD',
    })),
  );
  const history = fc.tuple(pool, rules).chain(([sources, rules]) => {
    const step = fc.record({
      picked: fc.shuffledSubarray(sources),
      versions: fc.integer({ min: 1, max: rules.length }),
      businessDate: day,
    });
    return fc.record({
      sources: fc.constant(sources),
      rules: fc.constant(rules),
      steps: fc.array(step, { maxLength: 8 }),
    });
  });
  const played = history.map(({ sources, rules, steps }) => ({
    sources,
    rules,
    moves: play(
      loyalty,
      steps.map(({ picked, versions, businessDate }) => ({
        command: { type: 'EarnPoints' as const, customerId, sources: picked, rules: rules.slice(0, versions) },
        context: { occurredAt: '2026-12-31T00:00:00Z', businessDate },
      })),
    ),
  }));

  it('lets a source earn once, what its breakdown says, and refuses nothing', () => {
    holds(
      fc.property(played, ({ sources, rules, moves }) => {
        const events = moves.flatMap(({ decided }) => decided);
        expect(moves.filter(({ refusal }) => refusal)).toEqual([]);
        expect(events.filter(({ type }) => type === 'LoyaltyEnrolled').length).toBeLessThanOrEqual(1);
        const earned = events.flatMap((event) =>
          event.type === 'PointsEarned' ? [{ ...event.data, occurredAt: event.occurredAt }] : [],
        );
        expect(new Set(earned.map(({ sourceEventId }) => sourceEventId)).size).toBe(earned.length);
        for (const { points, sourceEventId, breakdown, rulesVersion, occurredAt } of earned) {
          const source = sources.find(({ eventId }) => eventId === sourceEventId)!;
          expect([occurredAt, breakdown.amount]).toEqual([source.occurredAt, source.amount]);
          const minorUnitsPerPoint = rules[rulesVersion - 1]!.document.unitsPerPoint * 100;
          // Multipliers here have two decimals at most, so that hundredths are exact.
          const hundredths =
            Math.floor(source.amount / minorUnitsPerPoint) * Math.round(Number(breakdown.multiplier) * 100);
          expect(points).toBe(Math.floor(hundredths / 100));
        }
      }),
    );
  });
  it('keeps balance = Σ open lots − deficit, and no point comes from nothing', () => {
    holds(
      fc.property(played, day, ({ moves }, date) => {
        const after = moves.at(-1)?.after ?? loyalty.initial;
        const earned = moves.flatMap(({ decided }) =>
          decided.flatMap((event) => (event.type === 'PointsEarned' ? [event.data] : [])),
        );
        const spendable = earned.filter(
          ({ earnedOn, expiresOn }) => earnedOn <= date && (expiresOn === undefined || expiresOn > date),
        );
        expect(balanceOn(after, date)).toBe(spendable.reduce((sum, { points }) => sum + points, 0));
        expect(after.lots.length).toBe(earned.length);
      }),
    );
  });
  it('does nothing when a command is repeated at once', () => {
    holds(
      fc.property(played, ({ moves }) => {
        for (const { command, context, after } of moves) expect(loyalty.decide(command, after, context)).toEqual([]);
      }),
    );
  });
  it('announces at most one upgrade a command: to the level of that day, in the time of one of its sources', () => {
    holds(
      fc.property(played, ({ moves }) => {
        for (const { command, context, after, decided } of moves) {
          if (command.type !== 'EarnPoints') continue;
          const upgrades = decided.filter((event) => event.type === 'LoyaltyLevelUpgraded');
          expect(upgrades.length).toBeLessThanOrEqual(1);
          for (const { data, occurredAt, causationId } of upgrades) {
            expect(data.to).toBe(loyaltyLevelOn(after, command.rules, context.businessDate).loyaltyLevel);
            expect(command.sources).toContainEqual(expect.objectContaining({ eventId: causationId, occurredAt }));
          }
        }
      }),
    );
  });
});

describe('The rules of these properties', () => {
  it('are sound', () => {
    holds(fc.property(document, (each) => ensureSoundLoyaltyRules(each)));
  });
});
