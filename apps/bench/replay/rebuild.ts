import { join } from 'node:path';
import { Launched } from '#apps/cli/up/testing/launched.js';
import { dropBuilds } from '#processing/rebuild/next-builds.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { DIST } from '#testing/built.js';
import { type Measurement, median, perSecond } from '../report.js';
import type { BenchSystem } from './bench-system.js';
import { EVENTS_A_CUSTOMER } from './seed.js';
import { verifyRows } from './verify.js';

const CLI = join(DIST, 'apps/cli/main.js');
/** Node's option of the first line of that file, with which `npx rapport` runs. */
const AS_RAPPORT = '--max-semi-space-size=64';
const GIBIBYTE = 2 ** 30;

interface RebuildResult {
  peakRss: number;
}

/** A machine is not equally fast all the time: rebuild and drain take turns. Of a history that takes minutes, once. */
const TURNS = 3;
const MOST_IN_TURNS = 2_000_000;

/** The 360° view by the command, from its start to promotable, against a bare drain of the store with its own client. */
export async function rebuildOfView(system: BenchSystem, customers: number): Promise<Measurement[]> {
  const events = customers * EVENTS_A_CUSTOMER;
  const turns: { drained: number; seconds: number; peakRss: number }[] = [];
  while (turns.length < (events > MOST_IN_TURNS ? 1 : TURNS)) {
    await dropBuilds([customer360] as Parameters<typeof dropBuilds>[0], system.pool);
    turns.push({ drained: await drain(system), ...(await rebuildOnce(system)) });
    await verifyRows(system.store, system.pool, 'views.customer_360_next', customers);
  }
  const seconds = median(turns.map((turn) => turn.seconds));
  const drained = median(turns.map((turn) => turn.drained));
  const ratios = turns.map((turn) => events / turn.seconds / turn.drained);
  const peakRss = Math.max(...turns.map((turn) => turn.peakRss));
  const count = `${events.toLocaleString('en')} events of ${customers.toLocaleString('en')} customers`;
  return [
    {
      what: `rebuild of the 360° view, ${count}, the median of ${turns.length} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
      figure: `${seconds.toFixed(1)} s, ${perSecond(events / seconds)}`,
      reference: `readAll: ${perSecond(drained)}`,
      ratio: median(ratios),
      aim: '≥ 0.9, aimed at 1.5',
      reached: median(ratios) >= 0.9,
    },
    {
      what: `memory of that rebuild`,
      figure: `peak ${(peakRss / 2 ** 20).toFixed(0)} MiB`,
      aim: '< 1 GiB',
      reached: peakRss < GIBIBYTE,
    },
  ];
}

async function rebuildOnce(system: BenchSystem): Promise<{ seconds: number; peakRss: number }> {
  const began = performance.now();
  const command = Launched.node(
    AS_RAPPORT,
    [CLI, 'projections', 'rebuild', customer360.name, '--no-compare', '--json'],
    system.env,
  );
  const exit = await command.exit;
  const seconds = (performance.now() - began) / 1_000;
  if (exit !== 0) throw new Error(`The rebuild failed: ${command.stderr}`);
  const { peakRss } = (await command.firstResult()) as unknown as RebuildResult;
  return { seconds, peakRss };
}

/** Events a second that the client hands over when nothing is done with them. */
async function drain({ store: { client } }: BenchSystem): Promise<number> {
  const began = performance.now();
  let events = 0;
  for await (const { event } of client.readAll()) if (event && !event.type.startsWith('$')) events += 1;
  return (1_000 * events) / (performance.now() - began);
}
