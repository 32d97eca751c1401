import { randomInt } from 'node:crypto';
import type { Pool } from 'pg';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import { type Servers, startServers } from '#testing/servers.js';
import { projections } from '../projections.js';
import type { ViewReader } from '../view-reader.js';
import { type Cursor, findCustomers, type ListFilter, SORTS, type Sort } from './customer-list.query.js';
import type { CustomerListed } from './customer-list.table.js';
import { searchableText, wordsOf } from './search-text.js';

/** More than the sample of a search, so that there is something to find behind it. */
const CUSTOMERS = 5_000;
const PAGE = 20;

let servers: Servers;
let pool: Pool;
let reader: ViewReader;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, projections);
  pool = createPool(servers.databaseUrl);
  reader = {
    read: async (_: unknown, sql: string, values: unknown[]) => ({
      position: undefined,
      rows: (await pool.query(sql, values)).rows,
    }),
  } as unknown as ViewReader;
  await pool.query(INSERT, [JSON.stringify(CUSTOMER_ROWS.map(columnsOf))]);
  // Of what hardly repeats nothing is known where there are many; of so few everything would be.
  await pool.query('alter table views.customer_list alter column phones set statistics 0');
  await pool.query('analyze views.customer_list');
});
afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

const INSERT = `
  insert into views.customer_list
  select customer_id, name, facets, search_text, phones, birth_date, acquired_at, last_purchase_at, value, currency, open_complaints
    from jsonb_populate_recordset(null::views.customer_list, $1::jsonb)`;

/** Nothing in it comes twice in a row, so that it cannot be compressed. */
function randomText(length: number, from: number, to: number): string {
  return Array.from({ length }, () => String.fromCodePoint(randomInt(from, to + 1))).join('');
}

const CUSTOMER_ROWS = Array.from({ length: CUSTOMERS }, (_, n): CustomerListed => {
  // 7,919 is prime to the number of customers: every number once, in no order that means anything.
  const at = (n * 7_919) % CUSTOMERS;
  const family = n % 3 === 0 ? 'Nguyễn' : n % 40 === 1 ? 'Trần' : n % 500 === 2 ? 'Ngô' : 'Smith';
  const name = `${family} ${['An', 'Anh', 'Hoa', 'Lan'][Math.floor(n / 3) % 4]} ${n}`;
  const isProspect = n % 7 === 0;
  return {
    customerId: `${String(at).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`,
    name,
    facets: [`country:${['VN', 'US', 'JP'][n % 3]}`, `owner:agent-${n % 100}`, ...(isProspect ? [] : ['role:buyer'])],
    searchText: searchableText([name, `customer${n}@example.org`]),
    phones: [`+84${n}`],
    birthDate: n % 11 === 0 ? null : day(1950, (at * 13) % 20_000),
    acquiredAt: day(2015, (at * 7) % 3_000),
    lastPurchaseAt: isProspect ? null : day(2020, (at * 11) % 1_000),
    value: isProspect ? 0 : (n * 31) % 1_000,
    currency: n % 200 === 5 ? 'CHF' : 'USD',
    openComplaints: n % 250 === 3 ? 1 : 0,
  };
});

function day(year: number, days: number): string {
  return new Date(Date.UTC(year, 0, 1) + days * 86_400_000).toISOString();
}

function columnsOf(row: CustomerListed): Record<string, unknown> {
  return {
    customer_id: row.customerId,
    name: row.name,
    facets: row.facets,
    search_text: row.searchText,
    phones: row.phones,
    birth_date: row.birthDate,
    acquired_at: row.acquiredAt,
    last_purchase_at: row.lastPurchaseAt,
    value: row.value,
    currency: row.currency,
    open_complaints: row.openComplaints,
  };
}

/** What a filter means, said without an index. */
type Meant = [filter: ListFilter, holds: (row: CustomerListed) => boolean];

const FILTERS: Meant[] = [
  [{}, () => true],
  [{ facets: { country: ['VN'] } }, ({ facets }) => facets.includes('country:VN')],
  [{ facets: { country: ['US', 'JP'] } }, ({ facets }) => !facets.includes('country:VN')],
  [{ facets: { owner: ['agent-3'] } }, ({ facets }) => facets.includes('owner:agent-3')],
  [
    { facets: { role: ['buyer'], owner: ['agent-4', 'agent-7'] } },
    ({ facets }) =>
      facets.includes('role:buyer') && ['owner:agent-4', 'owner:agent-7'].some((one) => facets.includes(one)),
  ],
  [{ complaining: true }, ({ openComplaints }) => openComplaints > 0],
  [{ currency: 'CHF' }, ({ currency }) => currency === 'CHF'],
  [{ valueFrom: 990 }, ({ value }) => value >= 990],
  [{ valueTo: 20 }, ({ value }) => value <= 20],
  [{ valueFrom: 200, valueTo: 700 }, ({ value }) => value >= 200 && value <= 700],
  [{ bornThrough: '1951-01-01' }, ({ birthDate }) => birthDate !== null && birthDate.slice(0, 10) <= '1951-01-01'],
  [{ acquiredBefore: '2015-03-01' }, ({ acquiredAt }) => acquiredAt !== null && acquiredAt < '2015-03-01'],
  [{ lastPurchaseAfter: '2022-08-01' }, ({ lastPurchaseAt }) => (lastPurchaseAt ?? '') >= '2022-08-01'],
  [
    { complaining: true, facets: { country: ['VN'] }, valueTo: 500 },
    ({ openComplaints, facets, value }) => openComplaints > 0 && facets.includes('country:VN') && value <= 500,
  ],
];

function isFoundBy(search: string, { searchText: text }: CustomerListed): boolean {
  return wordsOf(search).every((word) => text.includes(` ${word}`));
}

function inOrder(rows: CustomerListed[], sort: Sort): string[] {
  const column = sort.replace('-', '') as keyof CustomerListed;
  const sign = sort.startsWith('-') ? -1 : 1;
  const compare = (a: CustomerListed, b: CustomerListed, by: keyof CustomerListed) =>
    a[by]! < b[by]! ? -sign : a[by]! > b[by]! ? sign : 0;
  return rows
    .filter((row) => row[column] !== null)
    .sort((a, b) => compare(a, b, column) || compare(a, b, 'customerId'))
    .map(({ customerId }) => customerId);
}

async function twoPages(filter: ListFilter): Promise<string[]> {
  const found: string[] = [];
  let after: Cursor | undefined;
  for (let page = 0; page < 2; page += 1) {
    const { rows, next } = await findCustomers(reader, filter, { limit: PAGE, ...(after && { after }) }, {});
    found.push(...rows.map(({ customerId }) => customerId));
    after = next;
    if (!after) break;
  }
  return found;
}

describe('a search', () => {
  it.each([
    'nguyen', // a third
    'example.org', // everybody
    'smith an', // words of which the one is nearly as common as the other
    'n ng nguyen', // words that begin as another one does
    'tran hoa',
    'ngo',
    'customer12', // some hundred
    'nguyen smith', // nobody
  ])('for %s finds who is found without an index, whatever it is narrowed by, in every order', async (search) => {
    for (const [filter, holds] of FILTERS) {
      const matching = CUSTOMER_ROWS.filter((row) => isFoundBy(search, row) && holds(row));
      for (const sort of SORTS) {
        const found = await twoPages({ ...filter, search, sort });
        expect({ filter, sort, found }).toEqual({ filter, sort, found: inOrder(matching, sort).slice(0, 2 * PAGE) });
      }
    }
  });

  it.each([
    ['names without blanks', [randomText(500, 0x4e00, 0x9fff)]],
    ['names of a script that is written without blanks', [randomText(500, 0x0e01, 0x0e2e)]],
    ['addresses', Array.from({ length: 100 }, () => `${randomText(64, 97, 122)}@${randomText(180, 97, 122)}.example`)],
  ])('finds by the longest %s that a customer may have, as every index holds them', async (_, texts) => {
    const row = { ...CUSTOMER_ROWS[0]!, customerId: newId(), searchText: searchableText(texts) };
    await pool.query(INSERT, [JSON.stringify([columnsOf(row)])]);
    const search = [...texts[0]!].slice(0, 12).join('');
    expect(await twoPages({ search, sort: SORTS[0]! })).toContain(row.customerId);
    await pool.query('delete from views.customer_list where customer_id = $1', [row.customerId]);
  });
});

describe('a look-up by phone', () => {
  it.each(SORTS)('goes by the index of phones, however few are wanted, by %s', async (sort) => {
    const plans: string[] = [];
    const explaining = {
      read: async (_: unknown, sql: string, values: unknown[]) => {
        const { rows } = await pool.query(`explain ${sql}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return { position: undefined, rows: [] };
      },
    } as unknown as ViewReader;
    await findCustomers(explaining, { phones: ['+8417', '017'], sort }, { limit: 1 }, {});
    expect(plans.join()).toMatch(/Bitmap Index Scan on customer_list_phones_idx/);
    const found = await findCustomers(reader, { phones: ['+8417', '017'], sort }, { limit: 1 }, {});
    expect(found.rows.map(({ name }) => name)).toEqual([CUSTOMER_ROWS[17]!.name]);
  });
});
