import type { Pool } from 'pg';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import type { Position } from '../processor.js';

/** What the publisher tells of the topic of customer events beside its position, in the row of its checkpoint. */
export interface Publication {
  /** Once more, so that it goes with the ends whoever moves the row; null: nothing yet. */
  position: string | null;
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
  const { rows } = await pool.query<{ published: Publication | null }>({
    name: 'published so far',
    text: "select published from ops.checkpoints where processor = 'publisher' and segment = 0 and store_id = $1",
    values: [storeId],
  });
  const published = rows[0]?.published;
  if (!published) return undefined;
  const { position, ends, personal } = published;
  return { position: position === null ? undefined : BigInt(position), ends: ends.map(BigInt), personal };
}

/** @throws Error where what is needed was not published with everything from the beginning on. */
export function ensurePublishedWith({ personal }: PublishedSoFar, needs: readonly string[]): void {
  const lacking = needs.filter((field) => !personal.includes(field));
  if (lacking.length === 0) return;
  throw new Error(
    `${CUSTOMER_EVENTS_TOPIC} was not published with ${lacking.join(', ')} from its beginning on: delete the topics and ` +
      'have everything published again, or take --source event-store (docs/operations.md).',
  );
}
