import { type AllStreamRecordedEvent, type EventData, jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import type { EventBody, EventMetadata, Recorded } from '#contracts/envelope.js';
import type { PersonalDataCipher } from './personal-data-cipher.js';

const utf8 = new TextEncoder();

/** An event that is ready to be appended. */
export interface NewEvent {
  eventId: string;
  event: EventBody;
  metadata: EventMetadata;
}

/** Translates between Rapport's events and the store's records. */
export class EventCodec {
  constructor(private readonly cipher: PersonalDataCipher) {}

  async encode(streamId: string, { eventId, event, metadata }: NewEvent): Promise<EventData> {
    const { correlationId, causationId, ...rest } = metadata;
    const data = await this.cipher.seal(event.type, eventId, metadata.customerId ?? streamId, event.data);
    return jsonEvent({
      id: eventId,
      type: event.type,
      data: data as Record<string, unknown>,
      // As bytes: from an object the client makes base64, which is then decoded again, byte by byte, to be sent.
      // $correlationId and $causationId are EventStoreDB's own names, for its by-correlation-id projection.
      metadata: utf8.encode(JSON.stringify({ ...rest, $correlationId: correlationId, $causationId: causationId })),
    });
  }

  /** Decodes a batch, with one look-up of personal-data keys for all of it. */
  async decode(records: (RecordedEvent | AllStreamRecordedEvent)[]): Promise<Recorded[]> {
    const events = records.map(toRecorded);
    await this.cipher.open(events);
    return events;
  }
}

function toRecorded(record: RecordedEvent | AllStreamRecordedEvent): Recorded {
  if (!record.isJson || record.metadata === undefined) {
    throw new ForeignEvent(record.streamId, Number(record.revision), record.type);
  }
  const { $correlationId, $causationId, ...rest } = record.metadata as unknown as EventMetadata &
    Record<string, string>;
  return {
    type: record.type,
    data: record.data as object,
    eventId: record.id,
    streamId: record.streamId,
    revision: Number(record.revision),
    position: record.position!.commit,
    recordedAt: record.created.toISOString(),
    metadata: { ...rest, correlationId: $correlationId!, causationId: $causationId! } as EventMetadata,
  };
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
