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

function listedOf(row: Customer360, n: number): CustomerListed {
  const facets = [
    facet('loyaltyLevel', LEVELS[n % 4]!),
    facet('country', COUNTRIES[n % 6]!),
    facet('owner', `agent-${n % 500}`),
  ];
  const listed = listRowOf(row);
  return {
    ...listed,
    facets: [...listed.facets, ...facets],
    searchText: searchableText([row.name!, `customer${n}@example.org`]),
    phones: [phoneOf(n), `0${phoneOf(n).slice(3)}`],
  };
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
