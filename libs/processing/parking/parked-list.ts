import type { Pool } from 'pg';

/** What waits under one key of a view. */
export interface ParkedKey {
  /** The view, or `view@next`, `view@previous` of its other builds. */
  view: string;
  key: string;
  customerId: string | null;
  events: number;
  /** Of the first of them, for which the others wait. */
  position: number;
  parkedAt: string;
  error: string;
}

/** Every key that is parked, or those of one view; the longest parked first. */
export async function parkedList(pool: Pool, view?: string): Promise<ParkedKey[]> {
  const { rows } = await pool.query<ParkedKey>(
    `select processor as view, key, (array_agg(customer_id order by position))[1] as "customerId", count(*) as events,
            min(position) as position, min(parked_at) as "parkedAt", max(error) as error
       from views.parked where $1::text is null or processor = $1
      group by processor, key order by min(parked_at), processor, key`,
    [view ?? null],
  );
  return rows;
}
