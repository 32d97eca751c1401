import type { Measurement } from '../report.js';
import { type BenchSystem, startBenchSystem } from './bench-system.js';
import { againstEmmett } from './emmett.js';
import { liveProjection } from './live.js';
import { rebuildOfView } from './rebuild.js';
import { EVENTS_A_CUSTOMER, seed } from './seed.js';

/** Small enough for what goes a row at a time. */
const SMALL = 20_000;

/** Rebuilds and the live projection, each beside its reference in the same run; every result is verified. */
export async function benchReplay(events: number): Promise<Measurement[]> {
  const small = await withSystem(SMALL, async (system, customers) => [
    await liveProjection(system, customers),
    ...(await againstEmmett(system, customers)),
  ]);
  return [...(await withSystem(events, rebuildOfView)), ...small];
}

async function withSystem(
  events: number,
  measure: (system: BenchSystem, customers: number) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const customers = Math.ceil(events / EVENTS_A_CUSTOMER);
  const system = await startBenchSystem();
  try {
    await seed(system.store, customers);
    return await measure(system, customers);
  } finally {
    await system.stop();
  }
}
