import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { Launched, TO_START_MS, until } from '#apps/cli/up/testing/launched.js';
import { connect, type EventStore } from '#event-store/event-store.js';
import { PostgresPersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { createPool } from '#platform/database/pool.js';
import { DIST } from '#testing/built.js';
import { type Servers, startServers } from '#testing/servers.js';
import { HttpClient } from './http-client.js';

interface Parts {
  servers: Servers;
  store: EventStore;
  pool: Pool;
  api: Launched;
  worker: Launched;
  settings: Record<string, string>;
}

/** The built API and worker as processes, on servers of their own. */
export class RunningSystem {
  private constructor(
    private readonly parts: Parts,
    readonly http: HttpClient,
  ) {}

  get servers(): Servers {
    return this.parts.servers;
  }

  /** The same store, to see what was really appended. */
  get store(): EventStore {
    return this.parts.store;
  }

  /** The database, to see what stands in it and to make keys. */
  get pool(): Pool {
    return this.parts.pool;
  }

  get api(): Launched {
    return this.parts.api;
  }

  /** Where others reach the API, and with which key. */
  get address(): { url: string; apiKey: string } {
    return { url: `http://127.0.0.1:${this.http.port}`, apiKey: this.http.apiKey };
  }

  get worker(): Launched {
    return this.parts.worker;
  }

  /** Where the worker tells its health and metrics. */
  async workerUrl(): Promise<string> {
    return `http://127.0.0.1:${(await this.worker.firstResult()).port}`;
  }

  /** One more worker beside the first, with further settings; whoever starts it ends it. */
  startAnotherWorker(env: Record<string, string> = {}): Launched {
    return startWorker({ ...this.parts.settings, ...env });
  }

  /** One more API beside the first, with further settings; whoever starts it ends it. */
  startAnotherApi(env: Record<string, string> = {}): Launched {
    return startApi({ ...this.parts.settings, ...env });
  }

  /** A command of the command line for the same servers, with further settings. */
  startCommand(args: string[], env: Record<string, string> = {}): Launched {
    return Launched.node(join(DIST, 'apps/cli/main.js'), args, { ...this.parts.settings, ...env });
  }

  async stopWorker(): Promise<void> {
    this.parts.worker.process.kill('SIGTERM');
    await this.parts.worker.exit;
  }

  /**
   * @param env further settings, such as RAPPORT_BUSINESS_DATE.
   * @param data a folder that is kept, and gone on with; it takes the master key that it was made with.
   */
  static async start(env: Record<string, string> = {}, data?: string): Promise<RunningSystem> {
    const servers = await startServers({ data });
    const given = env.RAPPORT_MASTER_KEY;
    const masterKey = given === undefined ? randomBytes(32) : Buffer.from(given, 'base64');
    const apiKey = randomBytes(24).toString('base64url');
    const settings = {
      EVENTSTORE_URL: servers.eventStoreUrl,
      KAFKA_BROKERS: servers.kafkaBrokers.join(','),
      DATABASE_URL: servers.databaseUrl,
      RAPPORT_MASTER_KEY: masterKey.toString('base64'),
      RAPPORT_API_KEY: apiKey,
      RAPPORT_PORT: '0',
      // They stop when this process ends, however that comes about.
      RAPPORT_SUPERVISED: '1',
      RAPPORT_LOG_LEVEL: 'error',
      // A spec may send more than anybody would.
      RAPPORT_RATE_LIMIT: '0',
      ...env,
    };
    const worker = startWorker(settings);
    const api = startApi(settings);
    const pool = createPool(servers.databaseUrl);
    const store = connect(servers.eventStoreUrl, new PersonalDataCipher(new PostgresPersonKeys(pool, masterKey)));
    const parts = { servers, store, pool, api, worker, settings };
    try {
      const { port } = await api.firstResult();
      const system = new RunningSystem(parts, new HttpClient(Number(port), apiKey));
      await system.untilReady();
      return system;
    } catch (error) {
      await stop(parts);
      throw new Error(`The system did not start. ${error} API: ${api.stderr} Worker: ${worker.stderr}`, {
        cause: error,
      });
    }
  }

  /** Kills the worker, and starts another with further settings. */
  async replaceWorker(env: Record<string, string> = {}): Promise<void> {
    const { worker, settings } = this.parts;
    worker.process.kill('SIGKILL');
    await worker.exit;
    // What the dead one said of itself last would count for three seconds more.
    await this.pool.query('delete from ops.workers');
    this.parts.worker = startWorker({ ...settings, ...env });
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    let told: unknown;
    const isReady = async () => {
      const { status, body } = await this.http.get<object>('/health/ready');
      told = body;
      return status === 200;
    };
    await until(isReady, TO_START_MS).catch((error: unknown) => {
      throw new Error(`It does not get ready: ${JSON.stringify(told)}`, { cause: error });
    });
    this.http.failures.length = 0;
  }

  /** Stops the worker, and starts another one when `between` is done. */
  async restartWorker(between: () => Promise<unknown>): Promise<void> {
    this.parts.worker.process.kill('SIGTERM');
    await this.parts.worker.exit;
    await between();
    this.parts.worker = startWorker(this.parts.settings);
    await this.untilReady();
  }

  async stop(): Promise<void> {
    this.http.close();
    await stop(this.parts);
  }
}

function startWorker(settings: Record<string, string>): Launched {
  return Launched.node(join(DIST, 'apps/worker/main.js'), [], settings);
}

function startApi(settings: Record<string, string>): Launched {
  return Launched.node(join(DIST, 'apps/api/main.js'), [], settings);
}

async function stop({ servers, store, pool, api, worker }: Parts): Promise<void> {
  await store.close();
  for (const { process } of [api, worker]) process.kill('SIGTERM');
  await Promise.all([api.exit, worker.exit]);
  await pool.end();
  await servers.stop();
}
