import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AllStreamRecordedEvent,
  EventStoreDBClient,
  NO_STREAM,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { Recorded } from '#contracts/envelope.js';
import { observedAppend } from './append-telemetry.js';
import { EventCodec, type NewEvent } from './codec.js';
import { HistoryBatch } from './history-batch.js';
import type { Belonging } from './person-keys.js';
import type { PersonalDataCipher } from './personal-data-cipher.js';
import { type Appended, Appends } from './protocol/appends.js';
import { StreamsConnection } from './protocol/connection.js';
import { historySlabs } from './protocol/history-call.js';
import type { StoredEvent } from './protocol/read-answer.js';
import { AllSubscription, readAll, readAt, readStream, type Subscriber } from './protocol/reads.js';
import { instantOf } from './ticks.js';

export type { Appended } from './protocol/appends.js';

/** The stream was not at the expected revision: somebody else appended first. */
export class WrongRevision extends Error {
  constructor(readonly streamId: string) {
    super(`Stream ${streamId} is not at the expected revision.`);
    this.name = 'WrongRevision';
  }
}

const DISPOSED_WITHIN_MS = 500;
const STORE_ID_STREAM = 'rapport-store';
const SYSTEM = '$';
/** Events of the server's own statistics are a few KiB each. */
const MOST_AT_ONCE = 1_000;

/** The revision of a stream that does not exist yet. */
export const NO_REVISION = -1;

/** EventStoreDB as Rapport uses it: append with an expected revision, load a stream, follow everything. */
export class EventStore {
  private readonly codec: EventCodec;
  private readonly connection: StreamsConnection;
  private readonly appends: Appends;

  constructor(
    readonly client: EventStoreDBClient,
    private readonly cipher: PersonalDataCipher,
    isPlain: boolean,
  ) {
    this.codec = new EventCodec(cipher);
    this.connection = new StreamsConnection(client, isPlain);
    this.appends = new Appends(client, this.connection);
  }

  /**
   * Appends all of the events or none.
   * @param expected the stream's revision, or NO_REVISION when it must not exist.
   * @throws WrongRevision
   */
  append(streamId: string, expected: number, events: NewEvent[]): Promise<Appended> {
    const append = () => this.appendUnobserved(streamId, expected, events);
    return observedAppend(events.length, append, (error) => error instanceof WrongRevision);
  }

  private async appendUnobserved(streamId: string, expected: number, events: NewEvent[]): Promise<Appended> {
    const encoded = await this.codec.encodeAll(streamId, events);
    try {
      return await this.appends.append(streamId, expected === NO_REVISION ? undefined : expected, encoded);
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) throw new WrongRevision(streamId);
      throw error;
    }
  }

  /** The events of an append under the ids that they are stored by. @throws PersonErased */
  identify<Event extends NewEvent>(streamId: string, events: Event[]): Promise<Event[]> {
    return this.codec.identify(streamId, events);
  }

  /** Makes personal data unreadable, for good: those of persons, and what belongs to them. */
  destroyKeys(persons: string[], belongings: Belonging[] = []): Promise<void> {
    return this.cipher.destroyKeys(persons, belongings);
  }

  /** The events of a stream from a revision on; none when there is no such stream. */
  async load(streamId: string, fromRevision = 0): Promise<Recorded[]> {
    return this.codec.decode(await readStream(this.connection, streamId, fromRevision));
  }

  /** The event that stands at a position; undefined where none does. */
  async at(position: bigint): Promise<Recorded | undefined> {
    const event = await readAt(this.connection, position);
    return event && (await this.codec.decode([event]))[0];
  }

  /** Decodes what a subscription delivered. */
  decode(events: StoredEvent[]): Promise<Recorded[]> {
    return this.codec.decode(events);
  }

  /**
   * Subscribes to every event but system events, in order.
   * @param after the position after which to start; undefined from the beginning.
   */
  subscribe(after: bigint | undefined, subscriber: Subscriber): AllSubscription {
    return new AllSubscription(this.connection, after, subscriber);
  }

  /**
   * Every event but system events to where the store ends now, in order, as they are sent: what is personal stays sealed.
   * @param after the position after which to start; undefined from the beginning.
   */
  async *history(after?: bigint): AsyncGenerator<HistoryBatch> {
    for await (const slab of historySlabs(this.connection, after)) yield new HistoryBatch(slab, after);
  }

  /** Opens the personal data of events of a history, with one look-up of keys for all of them. */
  open(events: Recorded[]): Promise<void> {
    return this.cipher.open(events);
  }

  /** The position of the last event that is no system event; undefined in an empty store. */
  async head(): Promise<bigint | undefined> {
    return (await this.firstOwn('backwards', undefined, () => true))?.position;
  }

  /** The first event after a position, or of all, that is no system event. */
  async firstAfter(position: bigint | undefined): Promise<{ position: bigint; recordedAt: string } | undefined> {
    const event = await this.firstOwn('forwards', position, (found) => found.position > (position ?? -1n));
    return event && { position: event.position, recordedAt: instantOf(event.created) };
  }

  /** The position of the very last event, of whatever kind: nothing lies beyond it. */
  async end(): Promise<bigint | undefined> {
    const [last] = await readAll(this.connection, { direction: 'backwards', from: undefined, count: 1 });
    return last?.position;
  }

  /** The first event from a position on that matches and is no system event. */
  private async firstOwn(
    direction: 'forwards' | 'backwards',
    from: bigint | undefined,
    matches: (event: StoredEvent) => boolean,
  ): Promise<StoredEvent | undefined> {
    // Most often it is the very first, or the next one; a real server may have a run of statistics between.
    for (let count = 2; ; count = MOST_AT_ONCE) {
      const events = await readAll(this.connection, { direction, from, count });
      const own = events.find((event) => !event.type.startsWith(SYSTEM) && matches(event));
      if (own || events.length < count) return own;
      from = events.at(-1)!.position;
    }
  }

  /** Counts every event but system events, by reading the store from the beginning. */
  async count(matches: (event: AllStreamRecordedEvent) => boolean): Promise<{ events: number; matching: number }> {
    let events = 0;
    let matching = 0;
    for await (const { event } of this.client.readAll()) {
      if (!event || event.type.startsWith(SYSTEM)) continue;
      events += 1;
      if (matches(event)) matching += 1;
    }
    return { events, matching };
  }

  /**
   * The id of this store, made on the first call ever: checkpoints carry it, so that they are never used against
   * another store. It stands in the metadata of a stream, not in an event.
   */
  async storeId(candidate: string): Promise<string> {
    try {
      await this.client.setStreamMetadata(STORE_ID_STREAM, { storeId: candidate }, { expectedRevision: NO_STREAM });
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
    }
    const storeId = await this.existingStoreId();
    if (!storeId) throw new Error(`The metadata of stream ${STORE_ID_STREAM} holds no storeId.`);
    return storeId;
  }

  /** The id of this store, read only; undefined where no worker of Rapport's has run on it yet. */
  async existingStoreId(): Promise<string | undefined> {
    const { metadata } = await this.client.getStreamMetadata<{ storeId: string }>(STORE_ID_STREAM);
    return metadata?.storeId;
  }

  /** The client waits for each of its streams to end, and some never do: what has not ended soon is left to end. */
  async close(): Promise<void> {
    const patience = new AbortController();
    // It holds the process: where nothing else does, it would end here, before its work is done.
    const passed = sleep(DISPOSED_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.client.dispose(), passed]);
    patience.abort();
  }
}

/** Connects lazily: the first call finds out whether the server is there. */
export function connect(url: string, cipher: PersonalDataCipher): EventStore {
  return new EventStore(EventStoreDBClient.connectionString(url), cipher, /[?&]tls=false\b/i.test(url));
}
