import type { EventBody, Recorded } from '#contracts/envelope.js';
import type { Decider, Happened } from '#domain/decider.js';
import { NO_REVISION } from '#event-store/event-store.js';
import { CommandLedger } from './command-ledger.js';
import { type CommandMeta, saidReasonOf } from './command-meta.js';
import type { DecidedEvent } from './new-events.js';

/** What this process knows of a stream, which may have moved on. */
export interface KnownStream {
  revision: number;
  /** Of its events' data, as JSON: about what the state takes. */
  bytes: number;
  state: unknown;
  ledger: CommandLedger;
}

/** A stream of which nothing is known: taken for one that does not exist. */
export function unseen<State>({ initial }: { initial: State }): KnownStream {
  return { revision: NO_REVISION, bytes: 0, state: initial, ledger: new CommandLedger() };
}

/** The stream with the events that it has gained since. */
export function withTail<State, Event extends EventBody>(
  known: KnownStream,
  tail: Recorded[],
  decider: Pick<Decider<State, never, Event>, 'evolve' | 'making'>,
): KnownStream {
  const stream = { ...known };
  for (const event of tail) {
    stream.revision = event.revision;
    stream.state = decider.evolve(stream.state as State, toHappened<Event>(event));
    stream.ledger.record(event, decider.making?.has(event.type));
    stream.bytes += JSON.stringify(event.data).length;
  }
  return stream;
}

/** The state after an append of one's own, without reading it back. */
export function withAppended<State, Event extends EventBody>(
  { state, ledger, bytes }: KnownStream,
  decider: Pick<Decider<State, never, Event>, 'evolve' | 'making'>,
  events: DecidedEvent[],
  { revision, position, hash, meta }: { revision: number; position: bigint; hash: string; meta: CommandMeta },
): KnownStream {
  const making = events.some(({ event }) => decider.making?.has(event.type));
  ledger.remember(meta.commandId, { hash, reason: saidReasonOf(meta), revision, position }, making);
  const after = events.reduce((folded, { eventId, event, metadata }) => {
    return decider.evolve(folded as State, { ...(event as Event), eventId, occurredAt: metadata.occurredAt });
  }, state);
  return { revision, bytes: events.reduce((sum, { json }) => sum + json.length, bytes), state: after, ledger };
}

function toHappened<Event extends EventBody>(event: Recorded): Happened<Event> {
  return { ...(event as unknown as Event), eventId: event.eventId, occurredAt: event.metadata.occurredAt };
}
