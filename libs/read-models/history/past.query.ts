import { type EventType, streamOf } from '#contracts/events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { upcast, upcasters } from '#contracts/upcasters.js';
import type { RecordedEvent } from '#processing/projection.js';
import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import { groupSql } from '../merge-group/merge-group.query.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import type { Past } from './as-of.js';
import { ATTRIBUTIONS } from './attributed.js';
import { history } from './history.projection.js';
import { HistoryEntry } from './history.table.js';
import { type Opener, openedBodies } from './history-event.js';
import { isPosition, throughInstant } from './moment.js';

const { name: table } = new RowTable(HistoryEntry);
const RECORDED = '($2::bigint is null or h.position <= $2) and ($3::timestamptz is null or h.recorded_at <= $3)';
/** What the fold needs of an event, as one line of JSON: there may be thousands, and a column each takes far longer. */
type PastEvent = [
  eventId: string,
  type: EventType,
  customerId: string,
  streamId: string,
  position: number,
  occurredAt: string,
  schemaVersion: number,
  data: object,
];
/** Of a type that has no upcaster there is only the first version: its metadata need not be looked into. */
const VERSION = "case when h.type = any($4::text[]) then h.metadata->>'schemaVersion' else '1' end";
const PAST_EVENT = `'["' || h.event_id || '","' || h.type || '","' || coalesce(h.customer_id::text, '') || '","' || h.stream_id || '",' || h.position || ',"' || h.occurred_at
                     || '",' || ${VERSION} || ',' || h.data || ']'`;
/** Besides the customer itself, all with whom it was ever merged by then; the fold tells who still was. */
const PAST = `
  with asked as (select ${customerIdSql('$1')} as id),
  survivors as (
    select id from asked
    union
    select (h.data->>'survivorId')::uuid from ${table} h
     where h.customer_id = (select id from asked) and h.type = 'CustomerAbsorbed' and ${RECORDED}),
  candidates as (
    select id from survivors
    union
    select (h.data->>'absorbedId')::uuid from survivors join ${table} h on h.customer_id = survivors.id
     where h.type = 'CustomersMerged' and ${RECORDED})
  select asked.id as "customerId",
         (select string_agg(${PAST_EVENT}, ',' order by h.position)
            from candidates join ${table} h on h.customer_id = candidates.id where ${RECORDED}) as events,
         (select string_agg(${PAST_EVENT}, ',')
            from ${table} h
           where h.customer_id is null and ${RECORDED}
             and h.stream_id in (select stream_id from ${table} join candidates on customer_id = candidates.id
                                  where type in (${ATTRIBUTIONS.map((type) => `'${type}'`).join(', ')}))) as unattributed,
         (select coalesce(json_agg(json_build_object('schemaVersion', (${VERSION})::int, 'data', h.data)
                                   order by h.position), '[]')
            from ${table} h
           where h.customer_id is null and h.stream_id = '${streamOf('rules', 'loyalty')}' and h.type = 'RulesPublished'
             and ${RECORDED}) as rules
    from asked`;

/**
 * What had been recorded about a customer by a moment: a position, an instant or a day; everything where it is left out.
 * @returns no past for a customer that was not known then.
 */
export async function findPast(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  asOf: string | undefined,
  options: ReadOptions,
  known = upcasters,
): Promise<{ position: bigint | undefined; past: Past | undefined }> {
  const atPosition = asOf !== undefined && isPosition(asOf);
  // Beyond the end of the store it would not be the past, and before the view has come there not all of it.
  const reached = atPosition ? { ...options, position: later(options.position, BigInt(asOf)) } : options;
  const through = asOf === undefined || atPosition ? null : throughInstant(asOf);
  const { position, rows } = await reader.read<{
    customerId: string;
    events: string | null;
    unattributed: string | null;
    rules: { schemaVersion: number; data: RulesPublished<'loyalty'> }[];
  }>([history, customerIdentity], PAST, [id, atPosition ? asOf : null, through, Object.keys(known)], reached, {
    about: groupSql('$1'),
  });
  const { customerId, events, unattributed, rules } = rows[0]!;
  if (events === null) return { position, past: undefined };
  const stored = (JSON.parse(`[${unattributed === null ? events : `${events},${unattributed}`}]`) as PastEvent[]).map(
    ([eventId, type, customerId, streamId, position, occurredAt, schemaVersion, data]) => {
      return {
        eventId,
        type,
        streamId,
        position: BigInt(position),
        customerId,
        metadata: { ...(customerId !== '' && { customerId }), occurredAt },
        schemaVersion,
        data,
      };
    },
  );
  if (unattributed !== null) stored.sort((a, b) => Number(a.position - b.position));
  const bodies = await openedBodies(stored, opener, known);
  for (const [n, event] of stored.entries()) event.data = bodies[n]!;
  const published = rules.map(({ schemaVersion, data }) => upcast('RulesPublished', schemaVersion, data, known));
  return { position, past: { customerId, events: stored as unknown as RecordedEvent[], rules: published } };
}

function later(a: bigint | undefined, b: bigint): bigint {
  return a !== undefined && a > b ? a : b;
}
