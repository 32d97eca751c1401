import { type AllStreamRecordedEvent, type EventData, jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import type { EventBody, EventMetadata, Recorded } from '#contracts/envelope.js';
import { holdsPersonalData, type PersonalDataCipher } from './personal-data-cipher.js';

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

  /**
   * The events of one append under ids that tell nothing of personal data. Derived from a command that holds some, an
   * id would let anybody confirm a guess of them for ever.
   */
  async identify<Event extends NewEvent>(streamId: string, events: Event[]): Promise<Event[]> {
    if (!isPersonal(events)) return events;
    return Promise.all(
      events.map(async (event) => {
        return { ...event, eventId: await this.cipher.keyedId(personOf(streamId, event), event.eventId) };
      }),
    );
  }

  /** The events of one append. */
  async encodeAll(streamId: string, events: NewEvent[]): Promise<EventData[]> {
    const sealsHash = isPersonal(events);
    return Promise.all(events.map((event) => this.encode(streamId, event, sealsHash)));
  }

  private async encode(streamId: string, added: NewEvent, sealsHash: boolean): Promise<EventData> {
    const { eventId, event, metadata } = added;
    const { correlationId, causationId, ...rest } = metadata;
    const person = personOf(streamId, added);
    const data = await this.cipher.seal(event.type, eventId, person, event.data);
    const commandHash = sealsHash ? await this.cipher.sealHash(eventId, person, rest.commandHash) : rest.commandHash;
    return jsonEvent({
      id: eventId,
      type: event.type,
      data: data as Record<string, unknown>,
      // As bytes: from an object the client makes base64, which is then decoded again, byte by byte, to be sent.
      // $correlationId and $causationId are EventStoreDB's own names, for its by-correlation-id projection.
      metadata: utf8.encode(
        JSON.stringify({ ...rest, commandHash, $correlationId: correlationId, $causationId: causationId }),
      ),
    });
  }

  /** Decodes a batch, with one look-up of personal-data keys for all of it. */
  async decode(records: (RecordedEvent | AllStreamRecordedEvent)[]): Promise<Recorded[]> {
    const events = records.map(toRecorded);
    await this.cipher.open(events);
    return events;
  }
}

/** One event with personal data is enough: all events of an append have the hash of the same command. */
function isPersonal(events: NewEvent[]): boolean {
  return events.some(({ event }) => holdsPersonalData(event));
}

/** Under whose key it is sealed: the stream's own as long as the customer is unknown. */
function personOf(streamId: string, { metadata }: NewEvent): string {
  return metadata.customerId ?? streamId;
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
