import type { EventType, RapportEvent } from '#contracts/events.js';
import type { PersonalFields } from './personal-fields.js';

type Declared<Type extends EventType> = Extract<RapportEvent, { type: Type }>['data'];
type WithoutPersonal<Data, Fields extends PropertyKey> = Omit<Data, Fields> & Partial<Pick<Data, Fields & keyof Data>>;

/**
 * An event's data as a subscriber gets them. Personal data are left out of the topics unless Rapport is configured to
 * let them in, so what is marked is optional. A code of a list may be one that this version does not know yet.
 */
export type DataOf<Type extends EventType> = Type extends keyof PersonalFields
  ? WithoutPersonal<Declared<Type>, PersonalFields[Type]>
  : Declared<Type>;

/** What the headers tell of an event. */
export interface EventFacts {
  /** Its id for ever: the same event has the same id, however often it comes. */
  id: string;
  /** The stream that it belongs to: `purchase-…`. */
  streamId: string;
  /** Its place in its stream, from 0. */
  revision: number;
  /** Its place in the whole store; grows with every event. */
  position: bigint;
  /** The customer that it is about, where one is known. */
  customerId?: string;
  /** When it happened, RFC 3339 UTC. */
  occurredAt: string;
  /** When it was recorded, RFC 3339 UTC. */
  recordedAt: string;
  correlationId: string;
  /** The id of the event or command that brought it about. */
  causationId: string;
  /** The version of the schema in which it was published; `data` are of the current one. */
  schemaVersion: number;
}

/** An event of a known type, checked against the contract and lifted to the current version of its schema. */
export type ReceivedEvent<Type extends EventType = EventType> = {
  [Each in Type]: EventFacts & { type: Each; data: DataOf<Each> };
}[Type];

/** An event of a type that this version of the contract does not know: nothing in its data was checked. */
export interface UnknownEvent extends EventFacts {
  type: string;
  data: unknown;
}
