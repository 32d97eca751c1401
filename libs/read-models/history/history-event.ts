import { without } from '#contracts/paths.js';
import { currentVersion, upcast, upcasters } from '#contracts/upcasters.js';
import { type PersonalDataCipher, personalPaths } from '#event-store/personal-data-cipher.js';
import type { KeptMetadata } from './history.table.js';

/** How personal data of stored events are opened. */
export type Opener = Pick<PersonalDataCipher, 'open'>;

/** An event as the history tells it. */
export interface HistoryEvent extends Omit<KeptMetadata, 'schemaVersion'> {
  eventId: string;
  type: string;
  customerId: string | null;
  /** Its stream, and its place in it. */
  stream: string;
  revision: number;
  /** As text: it may lie beyond what a JSON number holds. */
  position: string;
  /** When it happened, and when it was appended. */
  occurredAt: string;
  recordedAt: string;
  schemaVersion: number;
  data: object;
}

/** What the SQL below selects, as JSON. */
export interface StoredHistoryEvent {
  eventId: string;
  type: string;
  customerId: string | null;
  streamId: string;
  revision: number;
  position: number;
  occurredAt: string;
  recordedAt: string;
  metadata: KeptMetadata;
  data: object;
}

/** SQL for one event of a table as JSON: thousands of them are parsed at once, not column by column. */
export function historyEventSql(table: string): string {
  return `json_build_object('eventId', ${table}.event_id, 'type', ${table}.type, 'customerId', ${table}.customer_id,
    'streamId', ${table}.stream_id, 'revision', ${table}.revision, 'position', ${table}.position,
    'occurredAt', ${table}.occurred_at, 'recordedAt', ${table}.recorded_at, 'metadata', ${table}.metadata, 'data', ${table}.data)`;
}

/** @param opener opens what is personal; undefined leaves it out, for those who may not see it. */
export async function openedHistory(stored: StoredHistoryEvent[], opener: Opener | undefined): Promise<HistoryEvent[]> {
  const bodies = await openedBodies(
    stored.map((event) => ({ ...event, schemaVersion: event.metadata.schemaVersion })),
    opener,
  );
  return stored.map(({ metadata: { reason, ...metadata }, recordedAt, position, ...event }, index) => ({
    eventId: event.eventId,
    type: event.type,
    customerId: event.customerId,
    stream: event.streamId,
    revision: event.revision,
    position: String(position),
    occurredAt: event.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
    ...metadata,
    schemaVersion: currentVersion(event.type),
    // What people write there is nobody's to check: it is for those who may see what is personal.
    ...(opener && reason !== undefined && { reason }),
    data: bodies[index]!,
  }));
}

/**
 * The data of stored events, brought up from the version that was current when they were stored, with what is personal
 * opened, or left out where there is no opener.
 */
export async function openedBodies(
  stored: { type: string; eventId: string; customerId?: string | null; schemaVersion: number; data: object }[],
  opener: Opener | undefined,
  known = upcasters,
): Promise<object[]> {
  const bodies = stored.map(({ type, schemaVersion, data }) => upcast(type, schemaVersion, data, known));
  if (!opener) return stored.map(({ type }, n) => without(bodies[n]!, personalPaths(type)));
  const personal = [...stored.entries()].filter(([, { type }]) => personalPaths(type).length > 0);
  const openable = personal.map(([n, { type, eventId, customerId }]) => {
    return { type, eventId, data: bodies[n]!, metadata: { customerId: customerId ?? undefined, commandHash: '' } };
  });
  await opener.open(openable);
  for (const [n, [index]] of personal.entries()) bodies[index] = openable[n]!.data;
  return bodies;
}
