import { RunningSystem } from '#apps/api/testing/running-system.js';
import type { Measurement } from '../report.js';
import { commandOverHttp } from './commands.js';
import { masterKeyIn } from './kept-folder.js';
import { longCustomer } from './long-customer.js';
import { fill } from './million-customers.js';
import { queryByKey, waits } from './reads.js';
import { startReferenceApi } from './reference-api.js';

/** `long` is about a customer with very many events. */
export const API_BENCH_PARTS = ['commands', 'queries', 'long'] as const;
type ApiBenchPart = (typeof API_BENCH_PARTS)[number];

export interface ApiBenchOptions {
  /** Rows that the queries look among. */
  customers: number;
  /** A folder that keeps those rows, so that the next run need not make them. */
  data?: string;
  /** Left out: all. */
  only?: ApiBenchPart;
}

/** As `npm start` runs every process: see `supervised-child.ts`. */
const AS_STARTED = { NODE_OPTIONS: '--max-semi-space-size=64' };

/** Commands and queries over HTTP, each beside its reference in the same run. */
export async function benchApi({ customers, data, only }: ApiBenchOptions): Promise<Measurement[]> {
  const isAsked = (part: ApiBenchPart) => only === undefined || only === part;
  return [
    ...(isAsked('commands') ? await benchCommands() : []),
    ...(isAsked('queries') ? await benchQueries(customers, data) : []),
    ...(isAsked('long') ? await benchLongCustomer() : []),
  ];
}

async function benchCommands(): Promise<Measurement[]> {
  const system = await RunningSystem.start(AS_STARTED);
  try {
    await system.stopWorker();
    return [await commandOverHttp(system)];
  } finally {
    await system.stop();
  }
}

async function benchQueries(customers: number, data: string | undefined): Promise<Measurement[]> {
  const kept = data === undefined ? AS_STARTED : { ...AS_STARTED, RAPPORT_MASTER_KEY: masterKeyIn(data) };
  const system = await RunningSystem.start(kept, data);
  try {
    await system.stopWorker();
    await fill(system.pool, customers);
    const reference = await startReferenceApi(system.servers.databaseUrl, AS_STARTED);
    try {
      return [...(await queryByKey(system, reference.url, customers)), ...(await waits(system, customers))];
    } finally {
      await reference.stop();
    }
  } finally {
    await system.stop();
  }
}

async function benchLongCustomer(): Promise<Measurement[]> {
  const system = await RunningSystem.start(AS_STARTED);
  try {
    return await longCustomer(system);
  } finally {
    await system.stop();
  }
}
