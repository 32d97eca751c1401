import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { findBuilds } from '#processing/builds/build.js';
import { prepareViews } from '#processing/builds/prepare-views.js';
import type { Projection } from '#processing/projection.js';
import type { RebuildParts } from '#processing/rebuild/rebuild.js';
import { projections } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { CommandProcess } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { SpecWorker } from '#testing/spec-worker.js';
import { tally } from '#testing/tally.js';
import { Launched } from '../../up/testing/launched.js';
import type { FoldThreadData } from '../start-fold-thread.js';

/** Event store, PostgreSQL, commands and a worker, as specs of rebuilds have them; the views are made anew for each spec. */
export class RebuildSystem {
  /** Of the present spec. */
  worker!: SpecWorker;

  private constructor(
    readonly servers: Servers,
    readonly commands: CommandProcess,
    private readonly keys: Pool,
    private readonly masterKey: Buffer,
  ) {}

  static async start(): Promise<RebuildSystem> {
    const servers = await startServers({ only: ['event-store', 'postgres'] });
    await prepareDatabase(servers.databaseUrl);
    const masterKey = randomBytes(32);
    const keys = createPool(servers.databaseUrl);
    const commands = new CommandProcess(servers.eventStoreUrl, new PostgresPersonKeys(keys, masterKey));
    await commands.publishRules();
    return new RebuildSystem(servers, commands, keys, masterKey);
  }

  /** Makes every view, and `tally`. */
  async open(): Promise<void> {
    await prepareViews(this.servers.databaseUrl, [...projections, tally as Projection<object>]);
    this.worker = await SpecWorker.of(this.commands.store, this.servers.databaseUrl);
  }

  async close(): Promise<void> {
    await this.worker.close();
    await this.keys.query('drop schema views cascade');
  }

  async stop(): Promise<void> {
    await this.commands.close();
    await this.keys.end();
    await this.servers.stop();
  }

  get parts(): RebuildParts {
    const { store, storeId, pool } = this.worker;
    return { store, storeId, pool, databaseUrl: this.servers.databaseUrl };
  }

  /** What a thread needs for all views. */
  get threadData(): FoldThreadData {
    const views = projections.map(({ name, version }) => `${name}@${version}`);
    return { views, databaseUrl: this.servers.databaseUrl, masterKey: this.masterKey };
  }

  /** Starts `rapport projections …`. */
  command(...args: string[]): Launched {
    const { eventStoreUrl, databaseUrl } = this.servers;
    return Launched.node(join(DIST, 'apps/cli/main.js'), ['projections', ...args, '--json'], {
      EVENTSTORE_URL: eventStoreUrl,
      DATABASE_URL: databaseUrl,
      RAPPORT_MASTER_KEY: this.masterKey.toString('base64'),
    });
  }

  /** Version and state of each build of a view. */
  async builds(name: string): Promise<Record<string, string>> {
    const rows = await findBuilds(this.worker.pool, name);
    return Object.fromEntries(rows.map(({ build, version, state }) => [build, `${version} ${state}`]));
  }
}
