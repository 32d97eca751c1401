import { join } from 'node:path';
import { Launched } from '#apps/cli/up/testing/launched.js';
import { DIST } from '#testing/built.js';
import { type Measurement, perSecond } from '../report.js';
import type { BenchSystem } from './bench-system.js';
import { EVENTS_A_CUSTOMER } from './seed.js';
import { verifyRows } from './verify.js';

const CLI = join(DIST, 'apps/cli/main.js');
/** Node's option of the first line of that file, with which `npx rapport` runs. */
const AS_RAPPORT = '--max-semi-space-size=64';
const VIEW = 'customer_360';
const GIBIBYTE = 2 ** 30;

interface RebuildResult {
  peakRss: number;
}

/** The 360° view by the command, from its start to promotable, against a bare drain of the store with its own client. */
export async function rebuildOfView(system: BenchSystem, customers: number): Promise<Measurement[]> {
  const events = customers * EVENTS_A_CUSTOMER;
  const drained = await drain(system);
  const began = performance.now();
  const command = Launched.node(
    AS_RAPPORT,
    [CLI, 'projections', 'rebuild', VIEW, '--no-compare', '--json'],
    system.env,
  );
  const exit = await command.exit;
  const seconds = (performance.now() - began) / 1_000;
  if (exit !== 0) throw new Error(`The rebuild failed: ${command.stderr}`);
  const { peakRss } = (await command.firstResult()) as unknown as RebuildResult;
  await verifyRows(system.store, system.pool, 'views.customer_360_next', customers);
  const rate = events / seconds;
  const count = `${events.toLocaleString('en')} events of ${customers.toLocaleString('en')} customers`;
  return [
    {
      what: `rebuild of the 360° view, ${count}`,
      figure: `${seconds.toFixed(1)} s, ${perSecond(rate)}`,
      reference: `readAll: ${perSecond(drained)}`,
      ratio: rate / drained,
      aim: '≥ 0.9, aimed at 1.5',
      reached: rate / drained >= 0.9,
    },
    {
      what: `memory of that rebuild`,
      figure: `peak ${(peakRss / 2 ** 20).toFixed(0)} MiB`,
      aim: '< 1 GiB',
      reached: peakRss < GIBIBYTE,
    },
  ];
}

/** Events a second that the client hands over when nothing is done with them. */
async function drain({ store: { client } }: BenchSystem): Promise<number> {
  const began = performance.now();
  let events = 0;
  for await (const { event } of client.readAll()) if (event && !event.type.startsWith('$')) events += 1;
  return (1_000 * events) / (performance.now() - began);
}
