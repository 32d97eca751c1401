import type { EventType } from '#contracts/events.js';
import type { ReceivedEvent, UnknownEvent } from './received-event.js';

/** What a handler is told beside the event. */
export interface HandlerContext<Client = undefined> {
  /** With an inbox, the connection whose transaction records the event: whatever is written with it happens once. */
  client: Client;
  /** The record's key: events with the same key come one after another. */
  key: string;
  partition: number;
  offset: bigint;
  /** Which try this is, from 1. */
  attempt: number;
}

/** Handlers by event type. An event of a type without one is passed over. */
export type Handlers<Client = undefined> = {
  [Type in EventType]?: (event: ReceivedEvent<Type>, context: HandlerContext<Client>) => Promise<void> | void;
};

/** Handles events of a type that this version of the contract does not know. */
export type UnknownEventHandler<Client = undefined> = (
  event: UnknownEvent,
  context: HandlerContext<Client>,
) => Promise<void> | void;

/** Lets each event be handled once, however often it comes. */
export interface Inbox<Client> {
  /**
   * Records the event and handles it in one transaction.
   * @returns false, without having handled it, when the event was recorded before.
   */
  once(eventId: string, handle: (client: Client) => Promise<void>): Promise<boolean>;
}
