import type { EventBody, EventMetadata, Recorded } from '#contracts/envelope.js';
import type { PersonalDataCipher } from './personal-data-cipher.js';
import type { EncodedEvent } from './protocol/batch-append.js';
import type { StoredEvent } from './protocol/read-answer.js';

const TICKS_A_MILLISECOND = 10_000n;

/** An event that is ready to be appended. */
export interface NewEvent {
  eventId: string;
  event: EventBody;
  metadata: EventMetadata;
  /** The event's data as JSON, where it was made already. */
  json?: string;
}

/** Translates between Rapport's events and the store's records. */
export class EventCodec {
  constructor(private readonly cipher: PersonalDataCipher) {}

  async encode(streamId: string, { eventId, event, metadata, json }: NewEvent): Promise<EncodedEvent> {
    const { correlationId, causationId, ...rest } = metadata;
    const data = await this.cipher.seal(event.type, eventId, metadata.customerId ?? streamId, event.data);
    return {
      id: eventId,
      type: event.type,
      data: data === event.data && json !== undefined ? json : JSON.stringify(data),
      // $correlationId and $causationId are EventStoreDB's own names, for its by-correlation-id projection.
      metadata: JSON.stringify({ ...rest, $correlationId: correlationId, $causationId: causationId }),
    };
  }

  /** Decodes a batch, with one look-up of personal-data keys for all of it. */
  async decode(records: StoredEvent[]): Promise<Recorded[]> {
    const events = records.map(toRecorded);
    await this.cipher.open(events);
    return events;
  }
}

function toRecorded(stored: StoredEvent): Recorded {
  const { type, eventId, streamId, revision, position } = stored;
  try {
    if (stored.contentType !== 'application/json') throw new TypeError('It is no JSON.');
    const { $correlationId, $causationId, ...rest } = parse(stored.metadata) as EventMetadata & Record<string, string>;
    return {
      type,
      data: parse(stored.data) as object,
      eventId,
      streamId,
      revision,
      position,
      recordedAt: instantOf(stored.created),
      metadata: { ...rest, correlationId: $correlationId!, causationId: $causationId! } as EventMetadata,
    };
  } catch {
    throw new ForeignEvent(streamId, revision, type);
  }
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
}

/** What one commit of the server recorded has one time, so it is mostly that of the event before. */
let lastInstant = { ticks: '', text: '' };

function instantOf(ticks: string): string {
  if (ticks !== lastInstant.ticks) {
    lastInstant = { ticks, text: new Date(Number(BigInt(ticks) / TICKS_A_MILLISECOND)).toISOString() };
  }
  return lastInstant.text;
}

/** The store holds an event that Rapport did not write. */
export class ForeignEvent extends Error {
  constructor(streamId: string, revision: number, type: string) {
    super(
      `Event ${revision} of stream ${streamId} (${type}) has no JSON data with metadata: Rapport did not write it.`,
    );
    this.name = 'ForeignEvent';
  }
}
