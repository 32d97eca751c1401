import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { createIndexes, createTable } from '#platform/database/tables.js';
import { holdsOnServers } from '#testing/property.js';
import { type Servers, startServers } from '#testing/servers.js';
import { prepareViews } from '../builds/prepare-views.js';
import { RowTable } from '../row-table.js';
import { RowCopy } from './row-copy.js';

jest.setTimeout(120_000);

/** Every type of column that a view may have. */
@Entity({ schema: 'views', name: 'mixed' })
class Mixed {
  @PrimaryColumn('text') id!: string;
  @Column('text', { nullable: true }) text!: string | null;
  @Column('text', { array: true }) texts!: string[];
  @Column('jsonb') json!: unknown;
  @Column('json', { nullable: true }) loose!: unknown;
  @Column('timestamptz', { nullable: true }) at!: string | null;
  @Column('date', { nullable: true }) day!: string | null;
  @Column('int') count!: number;
  @Column('bigint') big!: number;
  @Column('boolean') yes!: boolean;
}

/** What the edge lets in: any text without NUL and without halves of pairs. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...['\\N', '\\.', '\\', '{}', '"', ',', 'null', '\t\r\n', '\b\f\v', '']),
  )
  .filter((given) => !given.includes('\0') && given.isWellFormed());
const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
const json = fc.dictionary(
  text,
  fc.oneof(text, fc.array(text), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
);
const mixedRow: fc.Arbitrary<Mixed> = fc.record({
  id: text,
  text: fc.option(text),
  texts: fc.array(text),
  json,
  loose: fc.option(json),
  at: fc.option(instant.map((date) => date.toISOString())),
  day: fc.option(instant.map((date) => date.toISOString().slice(0, 10))),
  count: fc.integer(),
  big: fc.maxSafeInteger(),
  yes: fc.boolean(),
});

let servers: Servers;
let pool: Pool;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, []);
  pool = createPool(servers.databaseUrl);
});

afterEach(() => pool.query('drop table if exists views.mixed, views.mixed_next'));

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

describe('rows that are copied', () => {
  let client: PoolClient;

  beforeEach(async () => {
    client = await pool.connect();
  });

  afterEach(() => client.release());

  it('are stored as the workers store them, whatever stands in them', async () => {
    const [copied, upserted] = ['views.mixed_next', 'views.mixed'];
    for (const table of [copied, upserted]) {
      await createTable(client, Mixed, table);
      await createIndexes(client, Mixed, table);
    }
    const live = new RowTable(Mixed);
    await holdsOnServers(
      fc.asyncProperty(fc.uniqueArray(mixedRow, { selector: ({ id }) => id, maxLength: 20 }), async (rows) => {
        await client.query(`truncate ${copied}, ${upserted}`);
        await live.upsert(client, rows);
        const copy = new RowCopy(client, Mixed, copied, (row, error) => {
          throw new Error(`${JSON.stringify(row)}: ${error.message}`);
        });
        await copy.write(rows);
        await copy.flush();
        const { rows: counted } = await client.query(
          `select count(*)::int as rows, count(*) filter (where to_jsonb(a) is distinct from to_jsonb(b))::int as differing
             from ${copied} as a full join ${upserted} as b using (id)`,
        );
        expect(counted).toEqual([{ rows: rows.length, differing: 0 }]);
      }),
    );
  });

  it('are refused one by one where PostgreSQL has no form of them', async () => {
    const refused: string[] = [];
    await createTable(pool, Mixed, 'views.mixed_next');
    const copy = new RowCopy(client, Mixed, 'views.mixed_next', ({ id }) => refused.push(id));
    const row = { text: null, texts: [], json: {}, loose: null, at: null, day: null, count: 1, big: 1, yes: true };
    const texts = ['fine', 'half \ud800', 'nul \0', 'fine too'];
    await copy.write(texts.map((id) => ({ ...row, id })));
    await copy.write([{ ...row, id: 'nul in json', json: { a: '\0' } }]);
    await copy.write([{ ...row, id: 'no day', day: '2026-02-31' }]);
    await copy.flush();
    await pool.query('create index on views.mixed_next (text)');
    await copy.write([{ ...row, id: 'too large for an index', text: randomBytes(8_000).toString('hex') }]);
    await copy.flush();
    expect(refused).toEqual(['half \ud800', 'nul \0', 'nul in json', 'no day', 'too large for an index']);
    expect(copy.rows).toBe(2);
  });
});
