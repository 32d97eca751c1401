import type { ServqualDimension, ServqualInstrument } from '#contracts/codes.js';
import { shareOf } from './content.js';
import type { Customer360 } from './customer-360.table.js';
import type { PurchaseTotals } from './row-parts.js';
import { type Dimension, type Satisfaction, type Score, type Scores } from './row-parts.js';

/** Answers to one question; the average in shares of the scale, 0 the worst answer, 1 the best. */
export interface ScoresView {
  answers: number;
  average: number;
  latest: Score;
}

export interface DimensionView extends Omit<Dimension, 'gaps'> {
  /** Mean of P − E in shares of the scale, −1 to 1; left out where nothing was rated. */
  gap?: number;
  outcome?: 'exceeded' | 'met' | 'notMet';
}

export interface SatisfactionView {
  nps?: ScoresView & { category: 'promoter' | 'passive' | 'detractor' };
  csat?: ScoresView;
  complaintHandling?: Satisfaction['complaintHandling'];
  quality?: Partial<Record<ServqualInstrument, Partial<Record<ServqualDimension, DimensionView>>>>;
}

/** What is told of a row: sums become averages, and what only the fold needs is left out. */
export interface Customer360View
  extends Omit<
    Customer360,
    'totals' | 'satisfaction' | 'settledComplaints' | 'kept' | 'announcedLoyaltyLevel' | 'times' | 'position'
  > {
  /** With the margin of the lines whose cost is known. */
  totals: Record<string, PurchaseTotals & { margin?: number }>;
  /** Mean days between purchases that were not cancelled; null before the second. */
  rhythmDays: number | null;
  satisfaction: SatisfactionView | null;
  erased: boolean;
}

const DAY_MS = 86_400_000;

/** @param date offers that have expired before it are not open any more. */
export function viewOf(row: Customer360, date: string): Customer360View {
  const { times: _t, settledComplaints: _s, announcedLoyaltyLevel: _l, position: _p, kept, ...told } = row;
  const { totals, satisfaction, offers, ...rest } = told;
  return {
    ...rest,
    totals: Object.fromEntries(Object.entries(totals).map(([currency, sums]) => [currency, withMargin(sums)])),
    rhythmDays: rhythmOf(kept),
    offers: offers.filter(({ expiresAt }) => expiresAt.slice(0, 10) >= date),
    satisfaction: satisfaction && satisfactionView(satisfaction),
    erased: row.erasedAt !== null,
  };
}

function withMargin(totals: PurchaseTotals): PurchaseTotals & { margin?: number } {
  const { cost, costedRevenue } = totals;
  return cost === undefined || costedRevenue === undefined ? totals : { ...totals, margin: costedRevenue - cost };
}

function rhythmOf(kept: Customer360['kept']): number | null {
  if (kept === null || kept.count < 2) return null;
  const days = (Date.parse(kept.latest[0]!.at) - Date.parse(kept.earliest[0]!.at)) / DAY_MS;
  return rounded(days / (kept.count - 1));
}

function satisfactionView({ nps, csat, complaintHandling, quality }: Satisfaction): SatisfactionView {
  return {
    ...(nps && { nps: { ...scoresView(nps), category: categoryOf(nps.latest) } }),
    ...(csat && { csat: scoresView(csat) }),
    ...(complaintHandling && { complaintHandling: averaged(complaintHandling) }),
    ...(quality && { quality: mapped(quality, (dimensions) => mapped(dimensions, dimensionView)) }),
  };
}

function scoresView({ answers, sum, latest }: Scores): ScoresView {
  return { answers, average: rounded(sum / answers), latest };
}

/** 9 and 10 of ten promote, 7 and 8 are passive; on another scale the same shares of it. */
function categoryOf({ score, scale }: Score): 'promoter' | 'passive' | 'detractor' {
  const ofTen = shareOf(score, scale) * 10;
  if (ofTen >= 9) return 'promoter';
  return ofTen >= 7 ? 'passive' : 'detractor';
}

function averaged({ answers, speed, attitude, outcome }: NonNullable<Satisfaction['complaintHandling']>) {
  const average = (sum: number) => rounded(sum / answers);
  return { answers, speed: average(speed), attitude: average(attitude), outcome: average(outcome) };
}

function dimensionView({ gaps, ...dimension }: Dimension): DimensionView {
  if (dimension.ratings === 0) return dimension;
  const gap = rounded(gaps / dimension.ratings);
  return { ...dimension, gap, outcome: gap > 0 ? 'exceeded' : gap === 0 ? 'met' : 'notMet' };
}

function mapped<Key extends string, From, To>(
  record: Partial<Record<Key, From>>,
  change: (value: From) => To,
): Partial<Record<Key, To>> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)])) as Partial<Record<Key, To>>;
}

/** To four decimals: what comes after them is the noise of binary fractions. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
