import type { Pool, PoolClient } from 'pg';
import type { Publication } from './kafka/publication.js';
import { beyondEnd, ofOtherStore } from './other-history.js';
import { Fenced, type Position } from './processor.js';

/** On which channel every move of a checkpoint is told: `name position`. */
export const CHECKPOINT_CHANNEL = 'rapport_checkpoints';

/** Where a processor stands, and the right to move it. */
export interface HeldCheckpoint {
  position: Position;
  epoch: number;
}

/** The checkpoint of a policy, of the timers or of the publisher, guarded by position and fencing epoch. It is not derived. */
export class Checkpoint {
  constructor(
    private readonly pool: Pool,
    private readonly processor: string,
    private readonly storeId: string,
  ) {}

  /**
   * Raises the epoch, so that whoever had the lease before can store nothing any more.
   * @param first where a processor that has no checkpoint yet begins.
   * @param endOfStore the store's last position: a checkpoint beyond it belongs to a history that is gone. Asked when
   *   nobody else can move the checkpoint any more, or what was stored meanwhile would look like it.
   * @throws OtherHistory
   */
  async takeOver(first: Position, endOfStore: () => Promise<Position>): Promise<HeldCheckpoint> {
    const { rows } = await this.pool.query<{ position: number | null; epoch: number; store_id: string }>(
      `insert into ops.checkpoints as c (processor, segment, store_id, position, epoch)
       values ($1, 0, $2, $3, 1)
       on conflict (processor, segment) do update set epoch = c.epoch + 1
       returning position, epoch, store_id`,
      [this.processor, this.storeId, first?.toString() ?? null],
    );
    const { position, epoch, store_id } = rows[0]!;
    if (store_id !== this.storeId) throw ofOtherStore('ops', this.processor, store_id, this.storeId);
    const end = await endOfStore();
    const held = { position: position === null ? undefined : BigInt(position), epoch };
    if (held.position !== undefined && held.position > (end ?? -1n)) {
      throw beyondEnd('ops', this.processor, held.position, end);
    }
    return held;
  }

  /**
   * Moves the checkpoint within a transaction and tells those who wait for it.
   * @param appended the last position appended on the way; a repeated command answers an old one, so the furthest stays.
   * @param published what the publisher tells besides; left out, what it told last stays.
   * @throws Fenced when position or epoch are not the ones held: the transaction must not be committed.
   */
  async advance(
    client: PoolClient | Pool,
    held: HeldCheckpoint,
    to: Position,
    appended?: bigint,
    published?: Publication,
  ): Promise<HeldCheckpoint> {
    const { rowCount } = await client.query(
      `with moved as (
         update ops.checkpoints
            set position = $1, appended_position = greatest(appended_position, $2),
                published = coalesce($6, published), updated_at = now()
          where processor = $3 and segment = 0 and epoch = $4 and position is not distinct from $5
          returning processor)
       select pg_notify('${CHECKPOINT_CHANNEL}', processor || coalesce(' ' || $1::text, '')) from moved`,
      [
        to?.toString() ?? null,
        appended?.toString() ?? null,
        this.processor,
        held.epoch,
        held.position?.toString() ?? null,
        published ? JSON.stringify(published) : null,
      ],
    );
    if (rowCount !== 1) throw new Fenced(this.processor);
    return { position: to, epoch: held.epoch };
  }
}
