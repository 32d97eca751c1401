import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { ShownComplaint } from '#read-models/complaint/complaint.query.js';
import { RunningSystem } from '../testing/running-system.js';
import { SHARED_DATA, withSharedData } from '../testing/shared-data.js';
import type { ImportSummary } from './running/tally.js';

const MINUTE = 60_000;
const root = resolve(import.meta.dirname, '../../..');
const FILE = join(SHARED_DATA, 'complaints/cfpb_multi_product_2013-2017.csv.gz');
const MAPPING = join(root, 'docs/examples/imports/cfpb.json');

withSharedData('The complaints of the CFPB by their mapping', () => {
  let system: RunningSystem;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rapport-cfpb-'));
    system = await RunningSystem.start();
  }, 3 * MINUTE);

  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, MINUTE);

  const run = (rejects: string) =>
    system.run<ImportSummary>('import', FILE, '--mapping', MAPPING, '--rejects', join(folder, rejects));

  async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client(system.addresses.database);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const statuses = async () =>
    Object.fromEntries(
      (
        await query<{ status: string; cases: string }>(
          "select state ->> 'status' as status, count(*) as cases from views.complaint group by 1",
        )
      ).map(({ status, cases }) => [status, Number(cases)]),
    );

  it(
    'become cases, but for six that were sent on before they were received',
    async () => {
      const { exitCode, result } = await run('rejected.csv');
      expect(exitCode).toBe(1);
      expect(result).toMatchObject({
        rows: 3_186,
        customers: 3_180,
        complaints: 3_180,
        appended: 3_180,
        unchanged: 0,
        rejected: 6,
      });
      const reasons = readFileSync(join(folder, 'rejected.csv.reasons.csv'), 'utf8').trim().split('\n').slice(1);
      expect(reasons).toHaveLength(6);
      for (const reason of reasons) expect(reason).toMatch(/is before .*, when the complaint became open/);
      // The disputed are disputed, and what is in progress, or had no answer in time, is open.
      expect(await statuses()).toEqual({ disputed: 593, open: 29, closed: 2_558 });
    },
    5 * MINUTE,
  );

  it('are late where the source says so, whatever the timers find of the past', async () => {
    const breaches = await query<{ metric: string; cases: string }>(
      `select breach ->> 'metric' as metric, count(*) as cases
         from views.complaint, jsonb_array_elements(breaches) as breach group by 1`,
    );
    expect(breaches).toEqual([{ metric: 'resolution', cases: '93' }]);
  });

  it('keep product and issue, under the number of their line', async () => {
    const { body } = await system.get<ShownComplaint>('/complaints/cfpb:2');
    expect(body).toMatchObject({
      status: 'closed',
      product: { category: 'Consumer Loan', sub: 'Vehicle loan' },
      issue: 'Managing the loan or lease',
      channel: 'phone',
      raisedAt: '2013-07-29T00:00:00.000Z',
      assigned: { agentId: 'Wells Fargo & Company' },
      resolution: { outcome: 'explanation' },
    });
    expect(body.course.map(({ type, occurredAt }) => `${type} ${occurredAt.slice(0, 10)}`)).toEqual([
      'CustomerComplained 2013-07-29',
      'ComplaintDeadlineSet 2013-07-29',
      'ComplaintDeadlineSet 2013-07-29',
      'ComplaintAssigned 2013-07-30',
      'ComplaintResolved 2013-07-30',
      'ComplaintResolutionTold 2013-07-30',
      'ComplaintClosed 2013-07-30',
    ]);
    const products = await query<{ products: string }>(
      "select count(distinct product ->> 'category') as products from views.complaint",
    );
    expect(products).toEqual([{ products: '11' }]);
  });

  it(
    'append nothing when they are imported again',
    async () => {
      const { result: before } = await system.run<{ events: number }>('events', 'count');
      const { exitCode, result } = await run('again.csv');
      expect(exitCode).toBe(1);
      expect(result).toMatchObject({ appended: 0, unchanged: 3_180, rejected: 6, complaints: 3_180 });
      expect((await system.run<{ events: number }>('events', 'count')).result).toEqual(before);
    },
    5 * MINUTE,
  );
});
