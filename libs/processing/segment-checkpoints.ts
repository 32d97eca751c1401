import type { ClientBase, Pool } from 'pg';
import type { BuildRow } from './builds/build.js';
import { CHECKPOINT_CHANNEL } from './checkpoints.js';
import { beyondEnd, ofOtherStore } from './other-history.js';
import { Fenced, type Position, ProcessorStopped } from './processor.js';
import type { HeldSegment } from './segments.js';

/** The checkpoints of the segments of one build, each guarded by position and fencing epoch. */
export class SegmentCheckpoints {
  constructor(
    private readonly processor: string,
    private readonly storeId: string,
  ) {}

  /**
   * Raises the epochs of some segments, so that whoever had them before can store nothing any more.
   * @param build whose segments they are: when another one has taken its place meanwhile, nothing is taken over.
   * @param of how many there are: as many as were made with the build.
   * @param endOfStore the store's last position: a checkpoint beyond it belongs to a history that is gone. Asked when
   *   nobody else can move the checkpoints any more, or what was stored meanwhile would look like it.
   * @throws Fenced, OtherHistory, ProcessorStopped
   */
  async takeOver(
    client: ClientBase | Pool,
    build: Pick<BuildRow, 'projection' | 'build' | 'version' | 'createdAt'>,
    segments: readonly number[],
    of: number,
    endOfStore: () => Promise<Position>,
  ): Promise<HeldSegment[]> {
    const { rows } = await client.query<{
      segment: number;
      position: number | null;
      epoch: number;
      made: number;
    }>(
      `with held as (
         select segment from views.checkpoints
          where processor = $1 and segment = any($2) and coalesce(store_id, $3) = $3
            and exists (select from views.builds
                         where projection = $4 and build = $5 and version = $6 and created_at = $7::timestamptz)
          order by segment for update),
       taken as (
         update views.checkpoints as c set epoch = nextval('views.epochs'), store_id = $3
           from held where c.processor = $1 and c.segment = held.segment
         returning c.segment, c.position, c.epoch)
       select taken.*, (select count(*) from views.checkpoints where processor = $1) as made from taken order by segment`,
      [this.processor, segments, this.storeId, build.projection, build.build, build.version, build.createdAt],
    );
    if (rows.length !== segments.length || rows[0]?.made !== of) await this.refuse(client, of);
    const end = await endOfStore();
    return rows.map(({ segment, position, epoch }) => {
      if (position !== null && BigInt(position) > (end ?? -1n)) {
        throw beyondEnd('views', this.processor, position, end);
      }
      return { segment, position: position === null ? undefined : BigInt(position), epoch };
    });
  }

  /** Not everything could be taken over. @throws ProcessorStopped where that will stay so, else Fenced. */
  private async refuse(client: ClientBase | Pool, of: number): Promise<never> {
    const { rows } = await client.query<{ made: number; other: string | null }>(
      'select count(*) as made, min(store_id::text) filter (where store_id <> $2) as other from views.checkpoints where processor = $1',
      [this.processor, this.storeId],
    );
    const { made, other } = rows[0]!;
    if (other !== null) throw ofOtherStore('views', this.processor, other, this.storeId);
    if (made === 0 || made === of) throw new Fenced(this.processor);
    throw new ProcessorStopped(
      `${this.processor} was made with ${made} segments, but this program splits it into ${of}: ` +
        'what changes that is a new version. Give it one, rebuild and promote it.',
    );
  }

  /**
   * Moves the segments that have yet to get there, within a transaction, and tells those who wait for it. One
   * statement, however many they are; it locks them in order, as everybody does who locks several.
   * @throws Fenced when a position or an epoch is not the one held: the transaction must not be committed.
   */
  async advance(client: ClientBase | Pool, held: readonly HeldSegment[], to: bigint): Promise<HeldSegment[]> {
    const behind = held.filter(({ position }) => position === undefined || position < to);
    const { rows } = await client.query<{ moved: number }>({
      name: 'advance segments',
      text: `with held as (
         select c.segment from views.checkpoints as c
           join unnest($3::int[], $4::bigint[], $5::bigint[]) as h (segment, epoch, position) on c.segment = h.segment
          where c.processor = $2 and c.epoch = h.epoch and c.position is not distinct from h.position
          order by c.segment for update of c),
       moved as (
         update views.checkpoints as c set position = $1::bigint, updated_at = now()
           from held where c.processor = $2 and c.segment = held.segment
         returning c.segment)
       select count(*) as moved, pg_notify('${CHECKPOINT_CHANNEL}', $2 || ' ' || $1::text) from moved`,
      values: [
        to.toString(),
        this.processor,
        behind.map(({ segment }) => segment),
        behind.map(({ epoch }) => epoch),
        behind.map(({ position }) => position?.toString() ?? null),
      ],
    });
    if (rows[0]!.moved !== behind.length) throw new Fenced(this.processor);
    return held.map((segment) => (behind.includes(segment) ? { ...segment, position: to } : segment));
  }
}
