import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { jest } from '@jest/globals';
import pg from 'pg';
import { externalId } from '#contracts/ids.js';
import { connect } from '#event-store/event-store.js';
import { readHistory } from '#event-store/history.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { type Servers, startServers } from '#testing/servers.js';
import { rangeOf, type SelectionOptions } from '../history/selection.js';
import { SHARED_DATA, withSharedData } from '../testing/shared-data.js';
import { Launched } from '../up/testing/launched.js';

const MINUTE = 60_000;
// Each command is a process or two, and other specs run beside.
jest.setTimeout(3 * MINUTE);
const ROOT = resolve(import.meta.dirname, '../../..');
const PROGRAM = join(ROOT, 'dist/apps/cli/main.js');
const EXAMPLES = join(ROOT, 'docs/examples/replay');
/** Of real files the beginning, which is enough to tell: each replay reads all of it. */
const PURCHASES = { file: 'cdnow/CDNOW_sample.txt', rows: 2_000, customers: 681, cents: 6_969_354 };
const COMPLAINTS = { file: 'complaints/cfpb_multi_product_2013-2017.csv.gz', rows: 600, accepted: 594 };
const NAME = 'Zhivago Przybyszewska';

/** A position behind a few hundred events: reading them all takes longer. */
const few = '5000';

/** The sample has other columns than the whole file, and no header. */
const SAMPLE_MAPPING = {
  ...(JSON.parse(readFileSync(join(ROOT, 'docs/examples/imports/cdnow.json'), 'utf8')) as object),
  reader: { format: 'whitespace', columns: ['customer_id', 'sample', 'date', 'number_of_cds', 'dollar_value'] },
};
const PERSON_MAPPING = {
  kind: 'customers',
  source: 'people',
  reader: { format: 'delimited', header: true },
  acquiredAt: '2026-01-01T00:00:00Z',
  customer: {
    externalId: { column: 'id' },
    partyKind: { constant: 'person' },
    roles: { constant: 'endConsumer' },
    channel: { constant: 'web' },
    name: { column: 'name' },
  },
};

function linesOf(name: string, count: number): string {
  const bytes = readFileSync(join(SHARED_DATA, name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').slice(0, count).join('\n');
}

withSharedData('Analysts', () => {
  let servers: Servers;
  let folder: string;
  /** The last position after the purchases, and what complaint-rate.ts came to there. */
  let past: { position: string; rows: string };
  let beforePeople: string;
  let purchases: string;
  let complaints: string;

  beforeAll(async () => {
    servers = await startServers({ only: ['event-store', 'postgres'] });
    folder = mkdtempSync(join(tmpdir(), 'rapport-replay-'));
    purchases = file('purchases.txt', linesOf(PURCHASES.file, PURCHASES.rows));
    complaints = file('complaints.csv', linesOf(COMPLAINTS.file, COMPLAINTS.rows + 1));
    await prepareDatabase(servers.databaseUrl);
    await importFile(purchases, file('sample.json', JSON.stringify(SAMPLE_MAPPING)));
    past = { rows: await csvOf('complaint-rate.ts'), position: await head() };
    await importFile(complaints, join(ROOT, 'docs/examples/imports/cfpb.json'));
    beforePeople = await head();
    await importFile(file('people.csv', `id,name\n1,${NAME}\n`), file('people.json', JSON.stringify(PERSON_MAPPING)));
  }, 3 * MINUTE);

  afterAll(async () => {
    await servers?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  }, MINUTE);

  function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  async function head(): Promise<string> {
    const store = connect(servers.eventStoreUrl, new PersonalDataCipher({} as never));
    try {
      return String(await store.head());
    } finally {
      await store.close();
    }
  }

  async function rapport(args: string[], env: Record<string, string> = {}) {
    const command = Launched.node(PROGRAM, args, {
      RAPPORT_DATA: join(folder, 'data'),
      EVENTSTORE_URL: servers.eventStoreUrl,
      ...env,
    });
    const exitCode = await command.exit;
    return { exitCode, stdout: command.stdout, stderr: command.stderr };
  }

  /** With everything that opens personal data. */
  const withKeys = (...args: string[]) =>
    rapport(args, { DATABASE_URL: servers.databaseUrl, RAPPORT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') });

  async function importFile(path: string, mapping: string): Promise<void> {
    const rejects = join(folder, 'rejects.csv');
    const { exitCode, stderr } = await withKeys(
      'import',
      path,
      '--mapping',
      mapping,
      '--no-wait',
      '--rejects',
      rejects,
    );
    if (exitCode !== 0 && exitCode !== 1) throw new Error(stderr);
  }

  async function csvOf(example: string, ...options: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await rapport([
      'replay',
      join(EXAMPLES, example),
      '--format',
      'csv',
      ...options,
    ]);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/^[\d,]+ rows from [\d,]+ events, up to position \d+/m),
    ]);
    return stdout;
  }

  async function jsonOf(projection: string, ...options: string[]): Promise<Record<string, unknown>[]> {
    const { exitCode, stdout, stderr } = await rapport(['replay', projection, '--json', ...options]);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** What DuckDB comes to by itself. */
  async function duckDb(sql: string): Promise<Record<string, unknown>[]> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  }

  async function inDatabase(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(servers.databaseUrl);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** A projection that counts all events, but for what is given. */
  const counting = (name: string, given: string) =>
    file(
      name,
      `import type { Projection } from 'rapport/replay';
export default {
  name: 'counting',
  key: () => 'all',
  evolve: (row, event) => ({ events: (row?.events ?? 0) + 1 }),
  ${given}
} satisfies Projection<{ events: number }, any>;
`,
    );

  describe('whose examples are replayed', () => {
    const sample =
      () => `(select parts[1] as customer, strptime(parts[3], '%Y%m%d')::date as day, (parts[5]::decimal(12, 2) * 100)::bigint as cents
      from (select string_split_regex(trim(line), '\\s+') as parts
        from read_csv('${purchases}', columns = {'line': 'varchar'}, header = false, auto_detect = false, delim = '|')))`;

    it('see the retention of each month that the file has', async () => {
      const rows = await duckDb(`
        with bought as (select distinct customer, date_trunc('month', day) as month from ${sample()}),
             first as (select customer, min(month) as cohort from bought group by 1)
        select strftime(cohort, '%Y-%m') as cohort, date_diff('month', cohort, month)::int as month, count(*)::int as active,
               (select count(*) from first f where f.cohort = first.cohort)::int as customers
          from bought join first using (customer) group by first.cohort, month order by 1, 2`);
      const seen = (await jsonOf(join(EXAMPLES, 'cohort-retention.ts'))).filter(({ active }) => active !== 0);
      expect(seen.map(({ retention, ...row }) => row)).toEqual(
        rows.map(({ cohort, month, customers, active }) => ({ cohort, month, customers, active })),
      );
      expect(seen.filter(({ month }) => month === 0).reduce((sum, row) => sum + Number(row.customers), 0)).toBe(
        PURCHASES.customers,
      );
    });

    it('see the scores of each customer that the file has', async () => {
      const fifth = (by: string) => `(1 + floor(5 * (rank() over (order by ${by}) - 1) / count(*) over ()))::int`;
      const rows = await duckDb(`
        with bought as (select customer, max(day) as last_day, count(*)::int as purchases, sum(cents)::int as spent
                          from ${sample()} group by 1)
        select customer, last_day::varchar as "lastDay", purchases, spent, ${fifth('last_day')} as recency,
               ${fifth('purchases')} as frequency, ${fifth('spent')} as monetary from bought`);
      const byId = new Map(
        rows.map(({ customer, ...row }) => [externalId('customer', { system: 'cdnow', id: String(customer) }), row]),
      );
      const seen = await jsonOf(join(EXAMPLES, 'rfm-segments.ts'));
      expect(seen).toHaveLength(PURCHASES.customers);
      for (const { customerId, segment, ...row } of seen) expect(row).toEqual(byId.get(String(customerId)));
      expect(seen.reduce((sum, { spent }) => sum + Number(spent), 0)).toBe(PURCHASES.cents);
    });

    it('see the complaints of each product that the file has', async () => {
      const rows = await duckDb(`
        select "Product" as product, count(*)::int as complaints, (count(*) filter ("Consumer disputed?" = 'Yes'))::int as disputed
          from read_csv('${complaints}', all_varchar = true)
         where strptime("Date sent to company", '%m/%d/%Y') >= strptime("Date received", '%m/%d/%Y')
         group by 1 order by 2 desc, 1`);
      const seen = await jsonOf(join(EXAMPLES, 'complaint-rate.ts'));
      const complained = seen.filter(({ complaints }) => complaints !== 0);
      expect(complained.map(({ product, complaints, disputed }) => ({ product, complaints, disputed }))).toEqual(rows);
      expect(complained.reduce((sum, { complaints }) => sum + Number(complaints), 0)).toBe(COMPLAINTS.accepted);
      expect(seen.find(({ product }) => product === 'unknown')).toMatchObject({
        purchases: PURCHASES.rows,
        complaints: 0,
      });
    });

    it('come to the same bytes each time', async () => {
      const [one, other] = [join(folder, 'one.parquet'), join(folder, 'other.parquet')];
      const forms = async (out: string) => {
        expect((await rapport(['replay', join(EXAMPLES, 'rfm-segments.ts'), '--out', out])).exitCode).toBe(0);
        return csvOf('cohort-retention.ts', '--format', 'table');
      };
      expect(await forms(one)).toEqual(await forms(other));
      expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
      const [told] = await duckDb(`select count(*)::int as rows, sum(spent)::int as spent from '${one}'`);
      expect(told).toEqual({ rows: PURCHASES.customers, spent: PURCHASES.cents });
    });

    it('come to what they came to in the past, by --as-of', async () => {
      expect(await csvOf('complaint-rate.ts', '--as-of', past.position)).toBe(past.rows);
    });

    it('are checked against the types that analysts import', async () => {
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      const check = (path: string) => promisify(execFile)(tsc, ['-p', path]);
      await expect(check(EXAMPLES)).resolves.toMatchObject({ stdout: '' });
    });
  });

  describe('who choose among the events', () => {
    async function events(options: Partial<SelectionOptions>): Promise<number> {
      const store = connect(servers.eventStoreUrl, new PersonalDataCipher({ get: async () => new Map() } as never));
      try {
        let count = 0;
        for await (const batch of readHistory(store, await rangeOf(store, { type: [], ...options }))) {
          count += batch.events.length;
        }
        return count;
      } finally {
        await store.close();
      }
    }

    it('get those of types, of a customer, of a time, and from or up to a position', async () => {
      expect(await events({ type: ['CustomerPurchased', 'CustomerComplained'] })).toBe(
        PURCHASES.rows + COMPLAINTS.accepted,
      );
      expect(await events({ customer: 'cdnow:00004' })).toBe(1 + 4);
      const all = await events({});
      expect(await events({ to: past.position })).toBe(PURCHASES.customers + PURCHASES.rows);
      expect(await events({ from: past.position })).toBe(all - PURCHASES.customers - PURCHASES.rows);
      const today = new Date().toISOString().slice(0, 10);
      expect(await events({ from: '2020-01-01', asOf: today })).toBe(all);
      expect(await events({ to: '2020-01-01' })).toBe(0);
      await expect(events({ customer: 'cdnow:nobody' })).rejects.toThrow('There is no customer cdnow:nobody');
      await expect(events({ customer: 'nobody' })).rejects.toThrow('is no id and no SYSTEM:ID');
      await expect(events({ asOf: '999999999999' })).rejects.toThrow('lies beyond the end of the store');
      await expect(events({ asOf: '2999-01-01' })).rejects.toThrow('has not come yet');
      await expect(events({ from: '100', to: '50' })).rejects.toThrow('does not come before the end');
      await expect(events({ from: '2030-01-01', to: '2020-01-01' })).rejects.toThrow('does not come before the end');
    });

    it('are told of a type that there is not, and of a limit that was reached, by exit codes', async () => {
      const looping = counting('looping.ts', 'finish: () => { for (;;); },');
      expect(await rapport(['replay', looping, '--type', 'CustomerBought'])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('no such type of event'),
      });
      expect(await rapport(['replay', looping, '--to', few, '--time-limit', '2'])).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('--time-limit'),
      });
    });
  });

  describe('who write a table', () => {
    it('replace it whole, and only where nothing hangs on it', async () => {
      const into = (projection: string, ...options: string[]) =>
        withKeys('replay', projection, '--table', 'replayed', ...options);
      await into(counting('counting.ts', ''), '--to', few);
      expect(await inDatabase('select count(*)::int as rows from analysis.replayed')).toEqual([{ rows: 1 }]);
      const { stdout } = await into(join(EXAMPLES, 'rfm-segments.ts'), '--json');
      const { rows } = JSON.parse(stdout);
      const counted = 'select count(*)::int as rows, sum(spent)::int as spent from analysis.replayed';
      expect(await inDatabase(counted)).toEqual([{ rows, spent: PURCHASES.cents }]);
      expect(await inDatabase("select obj_description('analysis.replayed'::regclass) as about")).toEqual([
        { about: expect.stringMatching(/^rfm_segments, replayed up to position \d+$/) },
      ]);
      await inDatabase('create view public.best as select * from analysis.replayed where monetary = 5');
      const held = await into(counting('counting.ts', ''), '--to', few);
      expect([held.exitCode, held.stderr]).toEqual([1, expect.stringContaining('other objects depend on it')]);
      expect(await inDatabase(counted)).toEqual([{ rows, spent: PURCHASES.cents }]);
    });

    it('touch nothing else of the database', async () => {
      const schemas = await inDatabase(
        "select distinct schemaname as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1",
      );
      expect(schemas).toEqual([{ name: 'analysis' }, { name: 'ops' }]);
    });
  });

  describe('who export the history', () => {
    let plain: string;
    let sealed: string;

    beforeAll(async () => {
      [plain, sealed] = [join(folder, 'plain'), join(folder, 'sealed')];
      mkdirSync(plain);
      for (const options of [[plain], [sealed, '--personal-data']]) {
        expect((await rapport(['events', 'export', '--out', ...options])).exitCode).toBe(0);
      }
    }, MINUTE);

    const sql = (query: string, from: string, ...options: string[]) =>
      rapport(['sql', query, '--export', from, ...options]);

    it('find it by month of recording, with a column for each part of the envelope', async () => {
      const customer = externalId('customer', { system: 'cdnow', id: '00004' });
      expect(readdirSync(plain)).toEqual([expect.stringMatching(/^recorded_month=\d{4}-\d{2}$/)]);
      const { stdout } = await sql(
        `select * exclude (recorded_month, recorded_at, revision, position, data) from events where type = 'CustomerPurchased' and customer_id = '${customer}' order by position limit 1`,
        plain,
        '--json',
      );
      expect(JSON.parse(stdout)).toMatchObject({
        type: 'CustomerPurchased',
        customer_id: customer,
        occurred_at: '1997-01-01 00:00:00',
        actor_kind: 'import',
        subject_kind: 'customer',
        subject_id: customer,
        schema_version: 1,
        source: 'cdnow',
        reason: null,
      });
    });

    it('ask it in SQL, in every form', async () => {
      const query = `select type, count(*)::int as events, sum((data->>'$.total')::bigint)::int as total from events
        where type in ('CustomerPurchased', 'CustomerComplained') group by all order by 1`;
      expect((await sql(query, plain)).stdout).toBe(
        `type                events    total
──────────────────  ──────  ───────
CustomerComplained     594
CustomerPurchased     2000  6969354
`,
      );
      expect((await sql(query, plain, '--format', 'csv')).stdout).toBe(
        'type,events,total\nCustomerComplained,594,\nCustomerPurchased,2000,6969354\n',
      );
      const out = join(folder, 'answer.parquet');
      expect((await sql(query, plain, '--out', out)).exitCode).toBe(0);
      expect(await duckDb(`select sum(events)::int as events from '${out}'`)).toEqual([{ events: 2_594 }]);
      const now = await rapport(['sql', 'select count(*)::int as events from events', '--json']);
      expect(JSON.parse(now.stdout).events).toBeGreaterThan(2_594);
    });

    it('are told what is wrong with their SQL, or their folder', async () => {
      const wrong = await sql('select nothing from events', plain);
      expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('"nothing" not found')]);
      const again = await rapport(['events', 'export', '--out', plain]);
      expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
    });

    it('see no personal data unless they ask for them and have the keys, and none of who was erased', async () => {
      const names = counting('names.ts', "types: ['CustomerAcquired'],");
      writeFileSync(
        names,
        readFileSync(names, 'utf8')
          .replace(
            "key: () => 'all'",
            "key: (event) => (event.type === 'CustomerAcquired' ? event.data.name : undefined)",
          )
          .replace(
            '({ events: (row?.events ?? 0) + 1 })',
            "({ events: 1, name: event.type === 'CustomerAcquired' && event.data.name })",
          ),
      );
      const late = ['--from', beforePeople];
      expect((await rapport(['replay', names, '--json', ...late])).stdout).toBe('');
      const opened = await withKeys('replay', names, '--json', '--personal-data', ...late);
      expect(JSON.parse(opened.stdout)).toMatchObject({ name: NAME });
      const refused = await withKeys('replay', names, '--table', 'names', '--personal-data');
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('does not go with --table')]);

      const query = "select data->>'$.name' as name from events where source = 'people' and type = 'CustomerAcquired'";
      const inFiles = async (from: string) =>
        JSON.stringify(await duckDb(query.replace('from events', `from '${from}/*/*.parquet'`)));
      expect(await inFiles(plain)).toBe('[{"name":null}]');
      expect(await inFiles(sealed)).toContain('$personal');
      expect(await inFiles(sealed)).not.toContain(NAME);
      expect((await withKeys('sql', query, '--export', sealed, '--personal-data', '--json')).stdout).toBe(
        `{"name":"${NAME}"}\n`,
      );
      await inDatabase("update ops.person_keys set wrapped = null, erased_at = now() where person_id <> 'nobody'");
      expect((await withKeys('sql', query, '--export', sealed, '--personal-data', '--json')).stdout).toBe(
        '{"name":null}\n',
      );
      expect((await withKeys('replay', names, '--json', '--personal-data', ...late)).stdout).toBe('');
    });

    it('leave nothing behind', () => {
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(existsSync(join(folder, 'data'))).toBe(false);
    });
  });
});
