import type { Pool } from 'pg';
import { pino } from 'pino';
import type { EventBody } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import type { EventStore } from '#event-store/event-store.js';
import { createPool } from '#platform/database/pool.js';
import type { Policy } from '#policies/policy.js';
import { toReaction } from '#policies/policy-reaction.js';
import type { Build } from '#processing/builds/build.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { Engine } from '#processing/engine.js';
import { Leases } from '#processing/leases.js';
import { PolicyProcessor } from '#processing/policy-processor.js';
import type { Processor } from '#processing/processor.js';
import type { Projection } from '#processing/projection.js';
import { ProjectionProcessor } from '#processing/projection-processor.js';
import type { Runner } from '#processing/runner.js';
import { Shares } from '#processing/work-sharing.js';
import type { CommandProcess } from './command-process.js';

/** A worker as a spec needs it: its own connections and leases, and the processors that the spec gives it. */
export class SpecWorker {
  readonly pool: Pool;
  readonly leases: Leases;
  private readonly shares: Shares;
  private engine: Engine | undefined;

  private constructor(
    readonly store: EventStore,
    readonly storeId: string,
    databaseUrl: string,
  ) {
    this.pool = createPool(databaseUrl);
    this.leases = new Leases(databaseUrl);
    // A spec that drops the views makes them again itself.
    this.shares = new Shares(this.pool, newId(), async () => {});
  }

  static async of(store: EventStore, databaseUrl: string): Promise<SpecWorker> {
    return new SpecWorker(store, await store.storeId(newId()), databaseUrl);
  }

  /** Of the live build; several versions of one name, as a folder has them, the latest first. */
  projection<Row extends object>(versions: Projection<Row> | Projection<Row>[], storeId = this.storeId) {
    return this.build('live', [versions].flat(), storeId);
  }

  build<Row extends object>(build: Build, versions: Projection<Row>[], storeId = this.storeId) {
    const { pool, leases, shares } = this;
    const parts = { pool, leases, shares, storeId, endOfStore: () => this.store.end() };
    return new ProjectionProcessor(versions, build, parts);
  }

  policy(policy: Policy, { bus }: CommandProcess, refused: (why: Error) => void = () => {}): PolicyProcessor {
    const checkpoint = new Checkpoint(this.pool, policy.name, this.storeId);
    const reaction = toReaction(policy, bus, (_, why) => refused(why));
    return new PolicyProcessor(reaction, this.pool, checkpoint, this.leases, () => this.store.end());
  }

  start(...processors: Processor[]): this {
    this.engine = new Engine(this.store, processors, pino({ level: 'silent' }));
    this.engine.start();
    void this.shares.start(this.engine.runners);
    return this;
  }

  get runners(): Runner[] {
    return this.engine!.runners;
  }

  /** Until every processor has stored the position, or only those that are named. */
  async reached(position: bigint, ...names: string[]): Promise<void> {
    const asked = this.runners.filter(({ name }) => names.length === 0 || names.includes(name));
    await until(() => asked.every((runner) => runner.position !== undefined && runner.position >= position));
  }

  async close(): Promise<void> {
    await this.shares.close();
    await this.engine?.close();
    await this.leases.close();
    await this.pool.end();
  }
}

/** Often enough for whoever waits, and seldom enough for the database that is asked. */
const LOOKED_AT_EVERY_MS = 10;

/** Waits for a condition, looked at every few milliseconds. */
export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const ends = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > ends) throw new Error(`It did not come about in ${timeoutMs} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, LOOKED_AT_EVERY_MS));
  }
}

/** A processor that fails, or waits, where a spec wants it to. */
export function disturbed(inner: Processor, before: (events: EventBody[]) => Promise<void> | void): Processor {
  return {
    name: inner.name,
    kind: inner.kind,
    open: () => inner.open(),
    close: () => inner.close(),
    process: async (events, through) => {
      await before(events);
      await inner.process(events, through);
    },
  };
}

/** Ends every connection to the database of the pool but the one that asks. */
export async function cutConnections(pool: Pool): Promise<void> {
  await pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
}
