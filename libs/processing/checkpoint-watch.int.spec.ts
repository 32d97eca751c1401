import { jest } from '@jest/globals';
import { newId } from '#contracts/ids.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { type Servers, startServers } from '#testing/servers.js';
import { until } from '#testing/spec-worker.js';
import { prepareViews } from './builds/prepare-views.js';
import { waitForPosition } from './checkpoint-status.js';
import { CheckpointWatch, Lagging } from './checkpoint-watch.js';
import { Checkpoint, type HeldCheckpoint } from './checkpoints.js';

const LIMIT_MS = 60_000;
jest.setTimeout(LIMIT_MS);

let servers: Servers;
let pool: ReturnType<typeof createPool>;
let watch: CheckpointWatch;

beforeAll(async () => {
  servers = await startServers({ only: ['postgres'] });
  await prepareDatabase(servers.databaseUrl);
  await prepareViews(servers.databaseUrl, []);
  pool = createPool(servers.databaseUrl);
});

beforeEach(async () => {
  watch = new CheckpointWatch(servers.databaseUrl);
  await watch.start();
});

afterEach(() => watch.close());

afterAll(async () => {
  await pool?.end();
  await servers?.stop();
});

/** A processor's checkpoint that a spec moves by hand. */
class Moving {
  private held: HeldCheckpoint | undefined;
  private readonly checkpoint: Checkpoint;

  constructor(readonly name: string) {
    this.checkpoint = new Checkpoint(pool, name, newId());
  }

  async to(position: bigint, appended?: bigint): Promise<void> {
    this.held ??= await this.checkpoint.takeOver(undefined, async () => undefined);
    this.held = await this.checkpoint.advance(pool, this.held, position, appended);
  }
}

function reached(position: bigint, timeoutMs: number, ...processors: Moving[]): Promise<bigint> {
  const names = processors.map(({ name }) => name);
  return waitForPosition(pool, watch, names, position, timeoutMs);
}

describe('waiting for a position', () => {
  it('ends at once when it has been reached already', async () => {
    const one = new Moving('early');
    await one.to(7n);
    expect(await reached(7n, 0, one)).toBe(7n);
  });

  it('is woken when the last of the processors gets there, and by no clock', async () => {
    const [one, other] = [new Moving('one'), new Moving('other')];
    let looks = 0;
    const query = jest.spyOn(pool, 'query');
    const waiting = reached(5n, LIMIT_MS, one, other).finally(() => {
      looks = query.mock.calls.filter(([sql]) => String(sql).includes('union all')).length;
    });
    await one.to(9n);
    await other.to(4n);
    await other.to(5n);
    expect(await waiting).toBe(5n);
    query.mockRestore();
    // The first look, and at most one for each move.
    expect(looks).toBeLessThanOrEqual(4);
  });

  it('is not woken by processors that nobody asked for', async () => {
    const [asked, other] = [new Moving('asked'), new Moving('not_asked')];
    let attempts = 0;
    const waiting = watch.until(['asked'], 1n, LIMIT_MS, async () => {
      attempts += 1;
      return attempts === 2 ? 'woken' : undefined;
    });
    // Notifications come in the order of the commits.
    for (const position of [1n, 2n, 3n]) await other.to(position);
    expect(attempts).toBe(1);
    await asked.to(1n);
    expect(await waiting).toBe('woken');
  });

  it('answers how far the processors appended themselves', async () => {
    const policy = new Moving('policy');
    await policy.to(5n, 8n);
    await policy.to(6n, 3n);
    expect(await reached(6n, 0, policy)).toBe(8n);
  });

  it('is bounded, and says who lags', async () => {
    const [ahead, behind] = [new Moving('ahead'), new Moving('behind')];
    await ahead.to(5n);
    await behind.to(4n);
    const waiting = reached(5n, 100, ahead, behind);
    await expect(waiting).rejects.toThrow(Lagging);
    await expect(waiting).rejects.toThrow('has not reached position 5 yet');
    await expect(reached(5n, 0, new Moving('never_opened'))).rejects.toThrow(Lagging);
  });

  it('looks a last time when the time is up', async () => {
    let attempts = 0;
    const answer = await watch.until(['silent'], 1n, 50, async () => {
      attempts += 1;
      return attempts === 2 ? 'at last' : undefined;
    });
    expect(answer).toBe('at last');
  });

  it('goes on when the connection that listens was lost, and learns what moved meanwhile', async () => {
    const one = new Moving('lost');
    await one.to(1n);
    const waiting = reached(5n, LIMIT_MS, one);
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'",
    );
    await one.to(5n);
    expect(await waiting).toBe(5n);
    await until(isListened, LIMIT_MS);
    const again = reached(6n, LIMIT_MS, one);
    await one.to(6n);
    expect(await again).toBe(6n);
  });
});

async function isListened(): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select 1 from pg_stat_activity where datname = current_database() and query like 'listen %'",
  );
  return rowCount === 1;
}
