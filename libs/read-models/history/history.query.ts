import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { groupSql, mergedCustomers, survivorIdSql } from '../merge-group/merge-group.query.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { history } from './history.projection.js';
import { HistoryEntry } from './history.table.js';
import {
  type HistoryEvent,
  historyEventSql,
  type Opener,
  openedHistory,
  type StoredHistoryEvent,
} from './history-event.js';

/** Which events of a customer are asked for. */
export interface HistoryFilter {
  types?: string[];
  stream?: string;
  phase?: string;
  /** Recorded from then, and up to then: instants. */
  from?: string;
  to?: string;
}

export interface HistoryPage {
  events: HistoryEvent[];
  /** After which position the next page begins; undefined: this was the last one. */
  next: string | undefined;
}

const { name: table } = new RowTable(HistoryEntry);

const FILTER = `h.position > $2 and ($3::text[] is null or h.type = any($3)) and ($4::text is null or h.stream_id = $4)
  and ($5::text is null or h.phase = $5) and ($6::timestamptz is null or h.recorded_at >= $6)
  and ($7::timestamptz is null or h.recorded_at <= $7)`;
/**
 * Events that name the survivor or one whom it absorbed, and those of a stream that was attributed to one of them later;
 * each part as long as a page.
 */
const PAGE = `
  with survivor as (select ${survivorIdSql('$1')} as id),
  members as (
    select id from survivor
    union
    select customer_id from ${mergedCustomers} where survivor_id = (select id from survivor)),
  page as (
    (select named.* from members, lateral (
       select h.* from ${table} h where h.customer_id = members.id and ${FILTER} order by h.position limit $8) as named)
    union all
    (select h.* from ${table} h
      where h.customer_id is null and ${FILTER}
        and h.stream_id in (select stream_id from ${table} where customer_id in (select id from members)
                               and type in ('ComplaintAttributed', 'InteractionAttributed'))
      order by h.position limit $8)
    order by position limit $8)
  select exists (select 1 from ${table} where customer_id in (select id from members)) as known,
         (select coalesce(json_agg(${historyEventSql('page')} order by page.position), '[]') from page) as events`;

/**
 * A page of everything that was recorded about a customer and those who live on in it, in that order; of an absorbed
 * customer that of its survivor.
 * @param after the position after which it begins: a row is neither skipped nor repeated, whatever is appended meanwhile.
 * @returns undefined for an unknown customer.
 */
export async function findHistory(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  { filter = {}, after = '-1', limit }: { filter?: HistoryFilter; after?: string; limit: number },
  options: ReadOptions,
): Promise<{ position: bigint | undefined; page: HistoryPage | undefined }> {
  const { types = null, stream = null, phase = null, from = null, to = null } = filter;
  const { position, rows } = await reader.read<{ known: boolean; events: StoredHistoryEvent[] }>(
    [history, customerIdentity, mergeGroup],
    PAGE,
    [id, after, types, stream, phase, from, to, limit + 1],
    options,
    { about: groupSql('$1') },
  );
  const { known, events: found } = rows[0]!;
  if (!known) return { position, page: undefined };
  const events = await openedHistory(found.slice(0, limit), opener);
  return { position, page: { events, next: found.length > limit ? events.at(-1)!.position : undefined } };
}

/** An event between what brought it about and what it brought about. */
export interface EventInContext {
  event: HistoryEvent;
  /** What brought it about, and so on up; the nearest first. */
  causes: HistoryEvent[];
  /** What it brought about itself, in the order in which it was recorded. */
  effects: HistoryEvent[];
  /** There are more effects than are told. */
  moreEffects: boolean;
}

const MOST_CAUSES = 100;
const MOST_EFFECTS = 100;
const EVENT = `
  with recursive chain as (
    select 0 as depth, h.* from ${table} h where h.event_id = $1
    union all
    select chain.depth + 1, h.* from ${table} h join chain on h.event_id = chain.caused_by where chain.depth < ${MOST_CAUSES}
  ), effects as (
    select h.* from ${table} h where h.caused_by = $1 order by h.position limit ${MOST_EFFECTS + 1}
  )
  select (select json_agg(${historyEventSql('chain')} order by chain.depth) from chain) as chain,
         (select coalesce(json_agg(${historyEventSql('effects')} order by effects.position), '[]') from effects) as effects`;

/** An event by its id, with its causes and effects; undefined for an unknown one. */
export async function findEvent(
  reader: ViewReader,
  opener: Opener | undefined,
  eventId: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; found: EventInContext | undefined }> {
  const { position, rows } = await reader.read<{ chain: StoredHistoryEvent[] | null; effects: StoredHistoryEvent[] }>(
    [history],
    EVENT,
    [eventId],
    options,
    { about: 'select $1::uuid' },
  );
  const { chain, effects } = rows[0]!;
  if (chain === null) return { position, found: undefined };
  const [event, ...causes] = await openedHistory(chain, opener);
  const told = await openedHistory(effects.slice(0, MOST_EFFECTS), opener);
  return { position, found: { event: event!, causes, effects: told, moreEffects: effects.length > MOST_EFFECTS } };
}
