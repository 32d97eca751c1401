import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import pg from 'pg';
import type { DuplicateEvidence } from '#contracts/merge.events.js';
import type { Deadline } from '#domain/deadline.js';
import { RowTable } from '#processing/row-table.js';
import { LoyaltyLevel } from '#read-models/loyalty-level/loyalty-level.table.js';
import { RunningSystem } from '../../testing/running-system.js';
import { SHARED_DATA, withSharedData } from '../../testing/shared-data.js';
import { until } from '../../up/testing/launched.js';
import type { ImportSummary } from '../running/tally.js';

const SECONDS = 1_000;
const FILE = join(SHARED_DATA, 'identities/dataset1.csv');
const MAPPING = join(import.meta.dirname, '../../../../docs/examples/imports/identities.json');

interface Pair {
  customerId: string;
  otherCustomerId: string;
  score: number;
  evidence: DuplicateEvidence[];
}

interface CommandAnswer {
  id: string;
  position: string;
  rule?: string;
  detail?: string;
}

let system: RunningSystem;
let database: pg.Client;

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const { api, apiKey } = system.addresses;
  const response = await fetch(`${api}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as CommandAnswer };
}

/** Every suggested pair, page after page, as of a position and of what policies made of it. */
async function suggested(position?: string, limit = 100): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: String(limit), settled: 'true', ...(position && { position }) });
    if (cursor !== '') query.set('cursor', cursor);
    const { status, body }: { status: number; body: { pairs: Pair[]; next: string | null } } = await system.get(
      `/duplicates?${query}`,
    );
    expect(status).toBe(200);
    pairs.push(...body.pairs);
    cursor = body.next;
  }
  return pairs;
}

/** What happened stays: a ledger has the way of the points there and back. What it comes to is compared instead. */
const VIEWS_OF_WHAT_HAPPENED = ['loyalty_level', 'checkpoints'];

/** Every row of every other view when all of them have passed a position. */
async function rowsOfViews(position: string): Promise<Record<string, unknown[]>> {
  const behind =
    'select 1 from views.checkpoints where position < $1 union all select 1 from ops.checkpoints where position < $1';
  await until(async () => (await database.query(behind, [position])).rowCount === 0, 60 * SECONDS);
  const tables = await database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'views' order by 1",
  );
  const rows: Record<string, unknown[]> = {};
  for (const { name } of tables.rows) {
    if (VIEWS_OF_WHAT_HAPPENED.includes(name)) continue;
    const all = await database.query<{ row: Record<string, unknown> }>(
      // What changed it last is no part of it.
      `select to_jsonb(t) - 'position' as row from views.${name} t order by t::text`,
    );
    rows[name] = all.rows.map(({ row }) => asItStands(row));
  }
  return rows;
}

/** Without what says no more than nothing: the lowest loyalty level, announced again; what set a timer to the same day, and when. */
function asItStands(row: Record<string, unknown>): object {
  const { announced_loyalty_level: level, facets, deadlines, ...rest } = row;
  return {
    ...rest,
    level: level === 'member' ? null : level,
    facets: (facets as string[] | undefined)?.filter((facet) => facet !== 'loyaltyLevel:member'),
    deadlines: (deadlines as Deadline[] | undefined)?.map(({ kind, dueAt }) => `${kind} ${dueAt}`).sort(),
  };
}

/** What the ledgers of customers come to, when everything has settled. */
async function loyaltyOf(customerIds: string[], position: string): Promise<object[]> {
  const answers: object[] = [];
  for (const id of customerIds) {
    const { status, body } = await system.get<object>(`/customers/${id}/loyalty?settled=true&position=${position}`);
    expect(status).toBe(200);
    answers.push({ ...body, position: undefined });
  }
  return answers;
}

/** What a command answers last, over many at once. */
async function inParallel<Item>(items: Item[], send: (item: Item) => Promise<CommandAnswer>): Promise<string> {
  const limit = pLimit(8);
  const answers = await Promise.all(items.map((item) => limit(() => send(item))));
  return answers.map(({ position }) => position).reduce((last, each) => (BigInt(each) > BigInt(last) ? each : last));
}

withSharedData('the people of a list with duplicates', () => {
  /** The ids of the true pairs, the smaller first. */
  let known: Set<string>;
  let pairs: Pair[];
  let before: Record<string, unknown[]>;
  /** Those who have points of their own. */
  let buyers: string[];
  let loyaltyBefore: object[];

  beforeAll(async () => {
    system = await RunningSystem.start();
    database = new pg.Client({ connectionString: system.addresses.database });
    await database.connect();
  }, 60 * SECONDS);

  afterAll(async () => {
    await database?.end();
    await system?.stop();
  }, 60 * SECONDS);

  it(
    'are imported, and again without any change',
    async () => {
      const imported = await system.run<ImportSummary>('import', FILE, '--mapping', MAPPING);
      expect(imported).toMatchObject({ exitCode: 0, result: { rows: 1000, customers: 1000, appended: 1000 } });
      const again = await system.run<ImportSummary>('import', FILE, '--mapping', MAPPING);
      expect(again).toMatchObject({ exitCode: 0, result: { appended: 0, unchanged: 1000 } });
    },
    120 * SECONDS,
  );

  it(
    'are suggested as pairs, nearly all of them and nobody else',
    async () => {
      known = await truePairs();
      pairs = await suggested();
      const right = pairs.filter((pair) => known.has(keyOf(pair))).length;
      const precision = right / pairs.length;
      const recall = right / known.size;
      process.stderr.write(`${JSON.stringify({ pairs: pairs.length, known: known.size, right, precision, recall })}\n`);
      expect(known.size).toBe(500);
      expect(precision).toBeGreaterThanOrEqual(0.995);
      expect(recall).toBeGreaterThanOrEqual(0.99);
      expect(new Set(pairs.map(keyOf)).size).toBe(pairs.length);
    },
    60 * SECONDS,
  );

  it(
    'are the same page by page and customer by customer, with the evidence for each field',
    async () => {
      expect(await suggested(undefined, 150)).toEqual(pairs);
      const { customerId, otherCustomerId, score, evidence } = pairs[0]!;
      const { body } = await system.get<{ pairs: Pair[] }>(`/customers/${otherCustomerId}/duplicates`);
      expect(body.pairs).toEqual([
        { customerId: otherCustomerId, otherCustomerId: customerId, score, evidence: expect.any(Array) },
      ]);
      expect(evidence.length).toBeGreaterThan(3);
      expect(evidence[0]).toEqual({ field: 'name', similarity: expect.any(Number) });
    },
    120 * SECONDS,
  );

  it(
    'buy, some of them enough for a loyalty level of their own and some only together',
    async () => {
      buyers = pairs.slice(0, 10).flatMap(({ customerId, otherCustomerId }) => [customerId, otherCustomerId]);
      const purchases = buyers.map((id, n) => ({ id, body: purchaseOf(20 + 15 * n) }));
      const last = await inParallel(purchases, async ({ id, body }) => {
        return (await post(`/customers/${id}/purchases`, body)).body;
      });
      loyaltyBefore = await loyaltyOf(buyers, last);
      expect(loyaltyBefore).toMatchObject(buyers.map((customerId, n) => ({ customerId, balance: 20 + 15 * n })));
    },
    120 * SECONDS,
  );

  it(
    'are merged, and not suggested any more',
    async () => {
      const { position } = (await post(`/customers/${pairs[0]!.customerId}/churn-risk`, RISK)).body;
      before = await rowsOfViews(position);
      const last = await inParallel(pairs, async ({ customerId, otherCustomerId: absorbedId, evidence }) => {
        const { status, body } = await post(`/customers/${customerId}/merge`, { absorbedId, evidence });
        expect({ status, body }).toMatchObject({ status: 200, body: { id: customerId } });
        return body;
      });
      expect(await suggested(last)).toEqual([]);
      const { customerId, otherCustomerId } = pairs[0]!;
      for (const id of [customerId, otherCustomerId]) {
        const { body } = await system.get<object>(`/customers/${id}/360?position=${last}`);
        expect(body).toMatchObject({ customerId, members: [otherCustomerId] });
        expect('absorbedInto' in body).toBe(id === otherCustomerId);
      }
      const merged = await loyaltyOf([customerId, otherCustomerId], last);
      expect(merged).toMatchObject([{ balance: 20 + 35 }, { balance: 20 + 35 }]);
    },
    120 * SECONDS,
  );

  it(
    'are unmerged, and every row is what it was',
    async () => {
      const last = await inParallel(pairs, async ({ customerId, otherCustomerId: absorbedId }) => {
        const { status, body } = await post(`/customers/${customerId}/unmerge`, { absorbedId, reason: 'A trial' });
        expect(status).toBe(200);
        return body;
      });
      const after = await rowsOfViews(last);
      expect(Object.keys(after)).toEqual(expect.arrayContaining(['customer_360', 'merge_group', 'match_keys']));
      expect(after.customer_360!.length).toBeGreaterThanOrEqual(1000);
      const differing = Object.entries(before).map(([name, rows]) => {
        // Only what differs: of thousands of rows nobody reads the rest, and Jest takes minutes to print it.
        const seen = new Set(rows.map((row) => JSON.stringify(row)));
        const others = after[name]!.filter((row) => !seen.delete(JSON.stringify(row)));
        // The history tells of the mergers too.
        return { name, others: name === 'history' ? [] : others, missing: [...seen] };
      });
      expect(differing.filter(({ others, missing }) => others.length + missing.length > 0)).toEqual([]);
      expect(await loyaltyOf(buyers, last)).toEqual(loyaltyBefore);
      const { rows } = await database.query<{ id: string }>(
        `select customer_id as id from ${new RowTable(LoyaltyLevel).name}
          where jsonb_path_exists(ledger::jsonb, '$.lots[*] ? (@.points > 0 || @.remaining > 0)')`,
      );
      expect(rows.map(({ id }) => id).sort()).toEqual([...buyers].sort());
      expect(await suggested(last)).toEqual(pairs);
    },
    120 * SECONDS,
  );

  it(
    'keep what they bought while they were one: level, points and what becomes of the purchase are theirs',
    async () => {
      const { customerId: survivor, otherCustomerId: absorbed } = pairs[0]!;
      const pair = [survivor, absorbed];
      const answered = async (path: string, body: object) => {
        const answer = await post(path, body);
        expect(answer.status).toBeLessThan(300);
        return answer.body;
      };
      const merged = await answered(`/customers/${survivor}/merge`, { absorbedId: absorbed });
      await loyaltyOf(pair, merged.position);
      const purchase = await answered(`/customers/${absorbed}/purchases`, purchaseOf(500));
      await loyaltyOf(pair, purchase.position);
      await answered(`/customers/${survivor}/loyalty/redeem`, { points: 520 });
      const unmerged = await answered(`/customers/${survivor}/unmerge`, { absorbedId: absorbed, reason: 'A trial' });
      const [survivorHas, absorbedHas] = (await loyaltyOf(pair, unmerged.position)) as { balance: number }[];
      // 20 and 35 of before and 500, less 520; whose points were spent first depends on when they expire.
      expect(survivorHas!.balance + absorbedHas!.balance).toBe(35);
      expect([survivorHas, absorbedHas]).toMatchObject([{ loyaltyLevel: 'member' }, { loyaltyLevel: 'preferred' }]);
      const returned = await answered(`/purchases/${purchase.id}/returns`, {
        lines: [{ lineId: '1', quantity: 1, refund: 50_000 }],
        refund: 50_000,
      });
      expect(await loyaltyOf(pair, returned.position)).toMatchObject([
        { loyaltyLevel: 'member', balance: survivorHas!.balance, standing: { qualifyingPoints: 20 } },
        { loyaltyLevel: 'member', balance: absorbedHas!.balance - 500, standing: { qualifyingPoints: 35 } },
      ]);
    },
    120 * SECONDS,
  );

  it(
    'are not suggested any more once they are dismissed, from whichever side',
    async () => {
      const { customerId, otherCustomerId } = pairs[1]!;
      const dismissal = { otherCustomerId: customerId, reason: 'Cousins' };
      const { status, body } = await post(`/customers/${otherCustomerId}/dismiss-duplicate`, dismissal);
      expect(status).toBe(200);
      expect(await suggested(body.position)).toEqual(pairs.filter((_, index) => index !== 1));
      for (const id of [customerId, otherCustomerId]) {
        expect((await system.get(`/customers/${id}/duplicates`)).body).toMatchObject({ pairs: [] });
      }
    },
    120 * SECONDS,
  );

  /** Of the record itself and its duplicates: `rec-7-org` and `rec-7-dup-0`. */
  async function truePairs(): Promise<Set<string>> {
    const { rows } = await database.query<{ id: string; record: string }>(
      "select customer_id as id, external_identities -> 0 ->> 'id' as record from views.customer_360",
    );
    const byPerson = new Map<string, string[]>();
    for (const { id, record } of rows) {
      const person = record.split('-')[1]!;
      byPerson.set(person, [...(byPerson.get(person) ?? []), id]);
    }
    expect(rows).toHaveLength(readFileSync(FILE, 'utf8').trim().split('\n').length - 1);
    return new Set([...byPerson.values()].map((ids) => ids.sort().join()));
  }
});

function purchaseOf(dollars: number) {
  const total = dollars * 100;
  const lines = [{ lineId: '1', kind: 'product', quantity: 1, total }];
  return { currency: 'USD', lines, subtotal: total, discount: 0, shipping: 0, tax: 0, total };
}

const RISK = { score: 0.1, band: 'low', factors: [], model: { name: 'spec', version: '1' } };

function keyOf({ customerId, otherCustomerId }: Pair): string {
  return [customerId, otherCustomerId].sort().join();
}
