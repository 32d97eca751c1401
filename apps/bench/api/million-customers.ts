import type { Pool } from 'pg';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { columnName } from '#platform/database/naming.js';
import { RowTable } from '#processing/row-table.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { CustomerListed, customerListIndexes } from '#read-models/customer-list/customer-list.table.js';
import { facet, listRowOf } from '#read-models/customer-list/list-row.js';
import { searchableText } from '#read-models/customer-list/search-text.js';
import { type Happening, history } from '#testing/recorded.js';

const FAMILIES =
  'Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Smith Jones Müller Rossi'.split(' ');
const MIDDLES = 'Văn Thị Hữu Đức Minh Thanh Ngọc Quang Xuân Hồng'.split(' ');
const GIVENS = 'An Bình Chi Dũng Giang Hà Hoa Khánh Lan Linh Long Mai Nam Oanh Phúc Quân Sơn Tâm Uyên Vy'.split(' ');
const STAGES = ['active', 'active', 'active', 'atRisk', 'churned', 'prospect', 'wonBack'] as const;
const LEVELS = ['member', 'loyal', 'preferred', 'vip'];
const COUNTRIES = ['VN', 'VN', 'US', 'DE', 'FR', 'JP'];
const GENDERS = ['female', 'male'];
const HISTORY_FROM = '2016-08-01';
/** Ten years. */
const HISTORY_DAYS = 3_650;
const BATCH = 5_000;

/** The n-th customer's id, name and number: what a benchmark asks for is made as the rows are. */
export const idOf = (n: number) => derivedId('customer', 'bench', String(n));
export const phoneOf = (n: number) => `+8491${String(n % 10_000_000).padStart(7, '0')}`;
export function nameOf(n: number): string {
  const pick = (from: readonly string[], step: number) => from[Math.floor(n / step) % from.length]!;
  return `${pick(FAMILIES, 1)} ${pick(MIDDLES, 20)} ${pick(GIVENS, 200)} ${n}`;
}

/** Fills the tables of the 360° view and of the lists: derived rows, as the projection makes them, without its events. */
export async function fill(pool: Pool, customers: number): Promise<void> {
  const { rows: counted } = await pool.query<{ n: number }>(`select count(*) as n from ${table(Customer360)}`);
  const there = counted[0]!.n;
  if (there === customers) return;
  if (there > 0) throw new Error(`The folder holds ${there} customers, not ${customers}: name another one.`);
  const template = typicalRow();
  await dropIndexes(pool, CustomerListed);
  for (let from = 0; from < customers; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, customers - from) }, (_, index) => rowOf(template, from + index));
    await insert(pool, Customer360, rows);
    await insert(
      pool,
      CustomerListed,
      rows.map((row, index) => listedOf(row, from + index)),
    );
  }
  for (const index of customerListIndexes(table(CustomerListed))) await pool.query(index);
  for (const entity of [Customer360, CustomerListed]) await pool.query(`vacuum analyze ${table(entity)}`);
}

/** They are made again when all rows are there, which is much faster. */
async function dropIndexes(pool: Pool, entity: new () => object): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where indrelid = '${table(entity)}'::regclass and not indisprimary`,
  );
  for (const { name } of rows) await pool.query(`drop index ${name}`);
}

function typicalRow(): Customer360 {
  const acquired: Happening = {
    type: 'CustomerAcquired',
    data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Bench' },
  };
  const purchases = Array.from({ length: 5 }, (_, n): Happening<RapportEvent> => {
    const lines = [{ lineId: '1', kind: 'product' as const, quantity: 1, total: 1000 }];
    const sums = { subtotal: 1000, discount: 0, shipping: 0, tax: 0, total: 1000 };
    const data = { customerId: idOf(0), currency: 'USD', lines, ...sums };
    return { type: 'CustomerPurchased', data, occurredAt: `2026-0${n + 1}-01T00:00:00Z` };
  });
  return history([acquired, ...purchases]).reduce<Customer360 | undefined>(
    (row, event) => customer360.evolve(row, event),
    undefined,
  )!;
}

function rowOf(template: Customer360, n: number): Customer360 {
  const totals = { USD: { ...template.totals.USD!, value: 1000 * (n % 997) } };
  return { ...template, customerId: idOf(n), name: nameOf(n), totals, customerStage: STAGES[n % STAGES.length]! };
}

/** What is spread over the customers without regard to their names: ages, dates, and what nearly all or nearly nobody has. */
function listedOf(row: Customer360, n: number): CustomerListed {
  const draw = (salt: number, size: number) => Math.floor((mixed(n + salt * 0x10000001) / 2 ** 32) * size);
  const isProspect = row.customerStage === 'prospect';
  const acquired = draw(1, HISTORY_DAYS);
  const facets = [
    facet('loyaltyLevel', LEVELS[n % 4]!),
    facet('country', COUNTRIES[n % 6]!),
    facet('owner', `agent-${n % 500}`),
    facet('gender', draw(2, 1_000) === 0 ? 'other' : GENDERS[draw(3, 2)]!),
    facet('region', `region-${draw(4, 60)}`),
    ...(draw(5, 500) === 0 ? [facet('relationshipLevel', 'partnership')] : []),
  ];
  const listed = listRowOf(row);
  return {
    ...listed,
    facets: [...listed.facets, ...facets],
    searchText: searchableText([row.name!, `customer${n}@example.org`]),
    phones: [phoneOf(n), `0${phoneOf(n).slice(3)}`],
    birthDate: dayAfter('1936-01-01', Math.floor((draw(6, 73 * 365) + draw(7, 73 * 365)) / 2)),
    acquiredAt: dayAfter(HISTORY_FROM, acquired),
    lastPurchaseAt: isProspect ? null : dayAfter(HISTORY_FROM, acquired + draw(8, HISTORY_DAYS - acquired)),
    value: isProspect ? 0 : listed.value,
    currency: draw(9, 5_000) === 0 ? 'CHF' : listed.currency,
    openComplaints: draw(10, 500) === 0 ? 1 : 0,
  };
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Numbers next to each other become numbers anywhere below 2 ** 32, the same each time. */
function mixed(n: number): number {
  let bits = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function table(entity: new () => object): string {
  return new RowTable(entity).name;
}

async function insert(pool: Pool, entity: new () => object, rows: object[]): Promise<void> {
  const records = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([field, value]) => [columnName(field), value])),
  );
  await pool.query(
    `insert into ${table(entity)} select * from jsonb_populate_recordset(null::${table(entity)}, $1::jsonb)`,
    [JSON.stringify(records)],
  );
}
