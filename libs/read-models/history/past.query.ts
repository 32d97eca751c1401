import { type EventType, type LoyaltyEvent, streamCategories, streamOf } from '#contracts/events.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { upcast, upcasters } from '#contracts/upcasters.js';
import { personalPaths } from '#event-store/personal-data-cipher.js';
import type { RecordedEvent } from '#processing/projection.js';
import { RowTable } from '#processing/row-table.js';
import { customer360Types, typesOfPersons } from '../customer-360/customer-360.projection.js';
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

/** Of what a past is asked for: it holds the events that the fold of it knows. */
type Asked = 'customer360' | 'loyalty';
const MERGES = ['CustomersMerged', 'CustomerAbsorbed', 'CustomersUnmerged'] as const;
const LOYALTY_TYPES: EventType[] = [...(Object.keys(streamCategories.loyalty) as LoyaltyEvent['type'][]), ...MERGES];
const TYPES: Record<Asked, EventType[]> = {
  customer360: [...new Set([...customer360Types, ...LOYALTY_TYPES])],
  loyalty: LOYALTY_TYPES,
};

/** Beyond any position: that of a moment which no position bounds. */
const LAST_POSITION = '9223372036854775807';

/** What the fold needs of an event, as one line of JSON: there may be thousands, and a column each takes far longer. */
type PastEvent = [
  type: EventType,
  streamId: string,
  place: number,
  occurredAt: string,
  data: object,
  /** By which of the moments it had been recorded: a bit each. */
  moments: number,
  /** Of a type whose personal data are opened: they are sealed for the event. Else empty. */
  eventId: string,
  /** Of a type that has upcasters. Else empty: there is only the first version. */
  schemaVersion: string,
];

/**
 * Besides the customer itself, all with whom it was ever merged by then; the fold tells who still was. With them what named
 * nobody, of streams that were attributed to one of them later. Each one's events
 * are looked at once, and put in order by who folds them: sorting them here would take longer than all the rest.
 * @param moments how many: each has two parameters from $3 on, the last position and the last instant.
 */
function pastSql(types: EventType[], moments: number): string {
  const recordedBy = Array.from({ length: moments }, (_, n) => {
    return `(h.position <= $${3 + 2 * n} and h.recorded_at <= $${4 + 2 * n})`;
  });
  const recorded = `(${recordedBy.join(' or ')})`;
  const bits = moments === 1 ? '1' : recordedBy.map((by, n) => `case when ${by} then ${2 ** n} else 0 end`).join(' + ');
  const event = `format('["%s","%s",%s,"%s",%s,%s,"%s","%s"]', h.type, h.stream_id, h.position, h.occurred_at, h.data, ${bits},
                   case when h.type in (${listed(typesOfPersons)}) then h.event_id end,
                   case when h.type = any($2::text[]) then h.metadata->>'schemaVersion' end)`;
  const recordedOf = (id: string) => `lateral (
    select array[${recordedBy.map((by) => `bool_or(${by})`).join(', ')}] as "isKnown",
           string_agg(${event}, ',') filter (where h.type in (${listed(types)})) as events,
           array_agg(h.data->>'survivorId') filter (where h.type = 'CustomerAbsorbed') as survivors,
           array_agg(h.data->>'absorbedId') filter (where h.type = 'CustomersMerged') as absorbed
      from ${table} h where h.customer_id = ${id} and ${recorded}) as recorded`;
  return `
    with own as materialized (
      select asked.id, recorded.* from (select ${customerIdSql('$1')} as id) as asked, ${recordedOf('asked.id')}),
    survivors as materialized (
      select other.id, recorded.*
        from (select unnest(survivors)::uuid as id from own except select id from own) as other, ${recordedOf('other.id')}),
    absorbed as (
      select other.id, recorded.*
        from ((select unnest(absorbed)::uuid as id from own union select unnest(absorbed)::uuid from survivors)
              except (select id from own union all select id from survivors)) as other, ${recordedOf('other.id')}),
    found as (
      select string_agg(${event}, ',') as events from ${table} h
       where h.customer_id is null and ${recorded} and h.type in (${listed(types)})
         and h.stream_id in (select stream_id from ${table} where type in (${listed(ATTRIBUTIONS)}) and customer_id in
                              (select id from own union all select id from survivors union all select id from absorbed)))
    select own.id as "customerId", own."isKnown", member.id as "memberId", member.events,
           (select coalesce(json_agg(json_build_object('data', h.data, 'moments', ${bits}, 'schemaVersion',
                                        case when h.type = any($2) then (h.metadata->>'schemaVersion')::int else 1 end)
                                     order by h.position), '[]')
              from ${table} h
             where h.customer_id is null and h.stream_id = '${streamOf('rules', 'loyalty')}' and h.type = 'RulesPublished'
               and ${recorded}) as rules
      from own, (select id, events from own union all select id, events from survivors
                 union all select id, events from absorbed union all select null, events from found) as member`;
}

function listed(types: readonly string[]): string {
  return types.map((type) => `'${type}'`).join(', ');
}

const PAST = { customer360: pastSql(TYPES.customer360, 1), loyalty: pastSql(TYPES.loyalty, 1) };
const TWO_PASTS = pastSql(TYPES.customer360, 2);

interface Member {
  customerId: string;
  isKnown: (boolean | null)[];
  /** null: those that named nobody. */
  memberId: string | null;
  events: string | null;
  rules: { schemaVersion: number; data: RulesPublished<'loyalty'>; moments: number }[];
}

/** Up to where the past is looked at: a position, an instant or a day; undefined: everything. */
type AsOf = string | undefined;

/**
 * What had been recorded about a customer by a moment.
 * @param asked of what: it holds the events that the fold of it knows.
 * @returns no past for a customer that was not known then.
 */
export async function findPast(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  asOf: AsOf,
  options: ReadOptions,
  asked: Asked = 'customer360',
  known = upcasters,
): Promise<{ position: bigint | undefined; past: Past | undefined }> {
  const statement = { sql: PAST[asked], name: `past of ${asked}` };
  const { position, pasts } = await read(reader, opener, id, [asOf], options, statement, known);
  return { position, past: pasts[0] };
}

/** What the 360° view is folded from at two moments, out of one snapshot. */
export async function findTwoPasts(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  moments: [AsOf, AsOf],
  options: ReadOptions,
): Promise<{ position: bigint | undefined; pasts: (Past | undefined)[] }> {
  return read(reader, opener, id, moments, options, { sql: TWO_PASTS, name: 'two pasts' }, upcasters);
}

async function read(
  reader: ViewReader,
  opener: Opener | undefined,
  id: string,
  moments: AsOf[],
  options: ReadOptions,
  { sql, name }: { sql: string; name: string },
  known: typeof upcasters,
): Promise<{ position: bigint | undefined; pasts: (Past | undefined)[] }> {
  // Beyond the end of the store it would not be the past, and before the view has come there not all of it.
  const asked = moments.filter(isAtPosition).map(BigInt);
  const reached = { ...options, position: asked.reduce(later, options.position) };
  const values = [id, Object.keys(known), ...moments.flatMap(boundsOf)];
  const about = groupSql('$1');
  const { position, rows } = await reader.read<Member>([history, customerIdentity], sql, values, reached, {
    about,
    name,
  });
  const stored = rows.flatMap(({ memberId, events }) => storedEvents(memberId, events ?? ''));
  stored.sort((a, b) => a.place - b.place);
  await open(stored, opener, known);
  const { customerId, isKnown, rules } = rows[0]!;
  const published = rules.map((version) => {
    return { ...version, data: upcast('RulesPublished', version.schemaVersion, version.data, known) };
  });
  const pasts = moments.map((_, n): Past | undefined => {
    if (!isKnown[n]) return undefined;
    const wasThere = ({ moments }: { moments: number }) => (moments & (2 ** n)) !== 0;
    const events = stored.filter(wasThere) as unknown as RecordedEvent[];
    return { customerId, events, rules: published.filter(wasThere).map(({ data }) => data) };
  });
  return { position, pasts };
}

function isAtPosition(asOf: AsOf): asOf is string {
  return asOf !== undefined && isPosition(asOf);
}

function boundsOf(asOf: AsOf): [position: string, instant: string] {
  if (isAtPosition(asOf)) return [asOf, 'infinity'];
  return [LAST_POSITION, asOf === undefined ? 'infinity' : throughInstant(asOf)];
}

type StoredEvent = ReturnType<typeof storedEvents>[number];

/** The events of one customer, in any order. */
function storedEvents(memberId: string | null, events: string) {
  const customerId = memberId ?? undefined;
  return (JSON.parse(`[${events}]`) as PastEvent[]).map(
    ([type, streamId, place, occurredAt, data, moments, eventId, schemaVersion]) => {
      return {
        eventId,
        type,
        streamId,
        place,
        position: BigInt(place),
        customerId,
        metadata: { customerId, occurredAt },
        schemaVersion: schemaVersion === '' ? 1 : Number(schemaVersion),
        data,
        moments,
      };
    },
  );
}

/**
 * Brings the data up to their current versions, with what is personal opened where a fold tells of it, else left out: to
 * open thousands takes long.
 */
async function open(stored: StoredEvent[], opener: Opener | undefined, known: typeof upcasters): Promise<void> {
  const isTold = ({ type }: StoredEvent) => (typesOfPersons as EventType[]).includes(type);
  const told = stored.filter(isTold);
  const others = stored.filter(
    (event) => !isTold(event) && (personalPaths(event.type).length > 0 || event.type in known),
  );
  await Promise.all([replaceData(told, opener, known), replaceData(others, undefined, known)]);
}

async function replaceData(stored: StoredEvent[], opener: Opener | undefined, known: typeof upcasters): Promise<void> {
  const bodies = await openedBodies(stored, opener, known);
  for (const [n, event] of stored.entries()) event.data = bodies[n]!;
}

function later(a: bigint | undefined, b: bigint): bigint | undefined {
  return a !== undefined && a > b ? a : b;
}
