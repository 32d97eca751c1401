import { setTimeout as sleep } from 'node:timers/promises';
import { aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import type { Projection } from '#processing/projection.js';
import { SEGMENTS } from '#processing/segments.js';
import { expectRows } from './folded-rows.js';

/** What the design allows for a take-over. */
export const TAKEN_OVER_WITHIN_MS = 10_000;

/** How many segments of a view each worker holds, the most first. */
export async function sharesOf({ pool }: RunningSystem, name: string): Promise<number[]> {
  const { rows } = await pool.query<{ held: number }>(
    `select count(*)::int as held from pg_locks, unnest($1::text[]) as name
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
        and classid = hashtext('rapport.lease')::oid and objid = hashtext(name)::oid
      group by pid order by 1 desc`,
    [Array.from({ length: SEGMENTS }, (_, segment) => `${name}/${segment}`)],
  );
  return rows.map(({ held }) => held);
}

/** Buys and buys, of ever new customers, until it is told to stop; answers how often, and who did last. */
export class Buying {
  private bought = 0;
  private stopped = false;
  private of = '';
  private readonly done: Promise<void>;

  constructor(private readonly system: RunningSystem) {
    this.done = this.run();
  }

  async stop(): Promise<{ bought: number; of: string }> {
    this.stopped = true;
    await this.done;
    return { bought: this.bought, of: this.of };
  }

  private async run(): Promise<void> {
    const { http } = this.system;
    while (!this.stopped) {
      const { body } = await http.post('/customers', aCustomer());
      for (let n = 0; n < 3; n += 1) {
        const purchase = await http.post(`/customers/${body.id}/purchases`, aPurchase(10_000));
        expect(purchase.status).toBe(201);
        this.bought += 1;
        this.of = body.id;
      }
      await sleep(5);
    }
  }
}

/** After some buying, the rows of the views are what the events come to. */
export async function expectFolded(
  system: RunningSystem,
  { bought, of }: { bought: number; of: string },
  views: readonly Projection<object>[],
): Promise<void> {
  expect(bought).toBeGreaterThan(0);
  expect((await system.http.get(`/customers/${of}/360?settled=true`)).status).toBe(200);
  await expectRows(system, views);
}
