import type { Pool } from 'pg';
import type { Position } from '../processor.js';

/** What the publisher tells of the topic of customer events beside its position, in the row of its checkpoint. */
export interface Publication {
  /** Where each partition ended when everything up to the position was published: after the last record of it, or later. */
  ends: readonly string[];
  /** The personal fields that every event from the beginning on was published with. */
  personal: readonly string[];
}

/** How far the publisher of a store has come. */
export interface PublishedSoFar {
  position: Position;
  ends: readonly bigint[];
  personal: readonly string[];
}

/** As PostgreSQL mirrors it, which is never ahead of Kafka; undefined before a publisher of this version has run. */
export async function publishedSoFar(pool: Pool, storeId: string): Promise<PublishedSoFar | undefined> {
  const { rows } = await pool.query<{ position: number | null; published: Publication | null }>({
    name: 'published so far',
    text: "select position, published from ops.checkpoints where processor = 'publisher' and segment = 0 and store_id = $1",
    values: [storeId],
  });
  const [row] = rows;
  if (!row?.published) return undefined;
  const { ends, personal } = row.published;
  return { position: row.position === null ? undefined : BigInt(row.position), ends: ends.map(BigInt), personal };
}
