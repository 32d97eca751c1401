import { compareInstants } from '#domain/calendar.js';
import { LAST_PURCHASES } from './customer-360.projection.js';
import type { Customer360, PurchaseTotals } from './customer-360.table.js';

/** How each field of the combined row follows from the members' rows. A field that is new must say so here. */
type Combination = { [Field in keyof Customer360]: (rows: Customer360[]) => Customer360[Field] };

/**
 * The survivor's 360° row out of the rows of all whom it stands for: what says who they are is the survivor's, with gaps
 * filled from the others; what they did adds up. A pure function of the members' rows, whatever the order of the others.
 */
export function combine360(survivor: Customer360, absorbed: readonly Customer360[]): Customer360 {
  if (absorbed.length === 0) return survivor;
  const others = [...absorbed].sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  const rows = [survivor, ...others];
  return Object.fromEntries(
    Object.entries(combination).map(([field, combined]) => [field, combined(rows)]),
  ) as unknown as Customer360;
}

const combination: Combination = {
  customerId: (rows) => rows[0]!.customerId,
  partyKind: (rows) => first(rows, 'partyKind'),
  roles: (rows) => distinct(rows.flatMap(({ roles }) => roles)),
  name: (rows) => first(rows, 'name'),
  externalIdentities: (rows) => distinct(rows.flatMap(({ externalIdentities }) => externalIdentities)),
  customerStage: (rows) => rows[0]!.customerStage,
  channel: (rows) => first(rows, 'channel'),
  acquiredAt: (rows) => earliest(rows, 'acquiredAt'),
  retainedAt: (rows) => latest(rows, 'retainedAt'),
  purchases: (rows) => sum(rows, 'purchases'),
  totals: (rows) => byCurrency(rows.map(({ totals }) => totals)),
  firstPurchaseAt: (rows) => earliest(rows, 'firstPurchaseAt'),
  lastPurchaseAt: (rows) => latest(rows, 'lastPurchaseAt'),
  lastPurchases: (rows) =>
    byTime(
      rows.flatMap(({ lastPurchases }) => lastPurchases),
      'newestFirst',
    ).slice(0, LAST_PURCHASES),
  complaints: (rows) => sum(rows, 'complaints'),
  openComplaints: (rows) =>
    byTime(
      rows.flatMap(({ openComplaints }) => openComplaints),
      'oldestFirst',
    ),
  churnRisk: (rows) => first(rows, 'churnRisk'),
  position: (rows) => Math.max(...rows.map(({ position }) => position)),
};

type FieldsOf<Value> = {
  [Field in keyof Customer360]: Customer360[Field] extends Value ? Field : never;
}[keyof Customer360];

/** The survivor's, or where that is not known the first one that is. */
function first<Field extends keyof Customer360>(rows: Customer360[], field: Field): Customer360[Field] {
  return rows.find((row) => row[field] !== null)?.[field] ?? rows[0]![field];
}

function sum(rows: Customer360[], field: FieldsOf<number>): number {
  return rows.reduce((total, row) => total + row[field], 0);
}

function earliest(rows: Customer360[], field: FieldsOf<string | null>): string | null {
  return instants(rows, field)[0] ?? null;
}

function latest(rows: Customer360[], field: FieldsOf<string | null>): string | null {
  return instants(rows, field).at(-1) ?? null;
}

function instants(rows: Customer360[], field: FieldsOf<string | null>): string[] {
  return rows.flatMap((row) => row[field] ?? []).sort(compareInstants);
}

/** Without those that say the same as one before. */
function distinct<Item>(items: Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = JSON.stringify(item);
    return seen.size < seen.add(text).size;
  });
}

/** Stable, so that of two at the same instant the survivor's stands first. */
function byTime<Item extends { occurredAt: string }>(items: Item[], order: 'newestFirst' | 'oldestFirst'): Item[] {
  const sign = order === 'oldestFirst' ? 1 : -1;
  return items.sort((a, b) => sign * compareInstants(a.occurredAt, b.occurredAt));
}

function byCurrency(all: Record<string, PurchaseTotals>[]): Record<string, PurchaseTotals> {
  const sums: Record<string, PurchaseTotals> = {};
  for (const [currency, totals] of all.flatMap((each) => Object.entries(each))) {
    sums[currency] = sums[currency] ? added(sums[currency], totals) : totals;
  }
  return sums;
}

function added(a: PurchaseTotals, b: PurchaseTotals): PurchaseTotals {
  return {
    purchases: a.purchases + b.purchases,
    items: a.items + b.items,
    purchased: a.purchased + b.purchased,
    refunded: a.refunded + b.refunded,
    value: a.value + b.value,
  };
}
