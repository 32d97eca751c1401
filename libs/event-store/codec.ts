import type { EventBody, EventMetadata, Recorded } from '#contracts/envelope.js';
import { currentVersion, NewerVersion, upcast, upcasters } from '#contracts/upcasters.js';
import { holdsPersonalData, type PersonalDataCipher } from './personal-data-cipher.js';
import type { EncodedEvent } from './protocol/batch-append.js';
import type { StoredEvent } from './protocol/read-answer.js';
import { instantOf } from './ticks.js';

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
  constructor(
    private readonly cipher: PersonalDataCipher,
    private readonly known = upcasters,
  ) {}

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
  async encodeAll(streamId: string, events: NewEvent[]): Promise<EncodedEvent[]> {
    const sealsHash = isPersonal(events);
    return Promise.all(events.map((event) => this.encode(streamId, event, sealsHash)));
  }

  private async encode(streamId: string, added: NewEvent, sealsHash: boolean): Promise<EncodedEvent> {
    const { eventId, event, metadata, json } = added;
    const { correlationId, causationId, ...rest } = metadata;
    const person = personOf(streamId, added);
    const data = await this.cipher.seal(event.type, eventId, person, event.data);
    const commandHash = sealsHash ? await this.cipher.sealHash(eventId, person, rest.commandHash) : rest.commandHash;
    return {
      id: eventId,
      type: event.type,
      data: data === event.data && json !== undefined ? json : JSON.stringify(data),
      // $correlationId and $causationId are EventStoreDB's own names, for its by-correlation-id projection.
      metadata: JSON.stringify({ ...rest, commandHash, $correlationId: correlationId, $causationId: causationId }),
    };
  }

  /** Decodes a batch, with one look-up of personal-data keys for all of it. Old versions are brought up to the current ones. */
  async decode(records: StoredEvent[]): Promise<Recorded[]> {
    const events = records.map((record) => toRecorded(record, this.known));
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

function toRecorded(stored: StoredEvent, known: typeof upcasters): Recorded {
  const { type, eventId, streamId, revision, position } = stored;
  try {
    if (stored.contentType !== 'application/json') throw new TypeError('It is no JSON.');
    const { $correlationId, $causationId, ...rest } = parse(stored.metadata) as EventMetadata & Record<string, string>;
    return {
      type,
      data: upcast(type, rest.schemaVersion, parse(stored.data) as object, known),
      eventId,
      streamId,
      revision,
      position,
      recordedAt: instantOf(stored.created),
      metadata: {
        ...rest,
        schemaVersion: currentVersion(type, known),
        correlationId: $correlationId!,
        causationId: $causationId!,
      } as EventMetadata,
    };
  } catch (error) {
    if (error instanceof NewerVersion) throw error;
    throw new ForeignEvent(streamId, revision, type);
  }
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'));
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
