import { LRUCache } from 'lru-cache';
import type { EventBody, Recorded, Subject } from '#contracts/envelope.js';
import { eventDeclarations, type StreamCategory, streamOf } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Decided, type Decider, type DecisionContext, type Happened, RuleViolation } from '#domain/decider.js';
import type { NewEvent } from '#event-store/codec.js';
import { type EventStore, NO_REVISION, WrongRevision } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { CommandLedger, type LedgerEntry, type Outcome } from './command-ledger.js';
import { type CommandMeta, commandHash } from './command-meta.js';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from './errors.js';

/** A command on its way to one stream. */
export interface StreamCommand<State, Command extends object, Event extends EventBody> {
  category: StreamCategory;
  id: string;
  decider: Decider<State, Command, Event>;
  command: Command;
  /**
   * What the caller said, where the command holds more: what a handler adds (published rules) may differ when the same
   * command is sent again, and it must be recognised all the same.
   */
  said?: object;
  meta: CommandMeta;
  subject: Subject;
  customerId?: string;
  /** The command makes the stream: the same content once more is the same record, another content is refused. */
  creates?: boolean;
}

interface CachedStream {
  revision: number;
  /** Of its events' data, as JSON: about what the state takes. */
  bytes: number;
  state: unknown;
  ledger: CommandLedger;
}

/** An event with the length of its data as JSON. */
type SizedEvent = NewEvent & { size: number };

/** How often a command is decided anew when somebody else appended first. */
const ATTEMPTS = 10;
const CACHED_BYTES = 32 * 1024 * 1024;
/** What a cached stream takes whatever its events hold. */
const STREAM_BYTES = 1_000;
/** Bytes of an event's data, before what is personal is sealed. */
const LARGEST_EVENT = 256 * 1024;

/**
 * Load, decide, append. A cached state is used without asking the store: when it is stale the append is refused, and
 * a refusal or "nothing to do" that was decided on it is decided again on the fresh state before it is believed.
 */
export class StreamCommands {
  private readonly cache = new LRUCache<string, CachedStream>({
    maxSize: CACHED_BYTES,
    sizeCalculation: ({ bytes }) => STREAM_BYTES + bytes,
  });
  private readonly queues = new Map<string, Promise<unknown>>();
  /** Reads that wait for their turn: whoever asks before one begins shares it. */
  private readonly nextReads = new Map<string, Promise<CachedStream>>();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws RuleViolation, RevisionMismatch, IdempotencyKeyReused, DifferentContent, ConcurrencyConflict
   */
  handle<State, Command extends object, Event extends EventBody>(
    request: StreamCommand<State, Command, Event>,
  ): Promise<Outcome> {
    const streamId = streamOf(request.category, request.id);
    return this.inTurn(streamId, () => this.handleAlone(streamId, request));
  }

  /**
   * Throws what `handle` would throw, as far as can be told at present, and appends nothing: for a command that has to
   * append to another stream first.
   */
  async ensureAcceptable<State, Command extends object, Event extends EventBody>(
    request: StreamCommand<State, Command, Event>,
  ): Promise<void> {
    const { category, id, decider, meta } = request;
    const streamId = streamOf(category, id);
    const stream = await this.refresh(streamId, decider);
    const hash = hashOf(streamId, request);
    if (repetition(stream.ledger, meta.commandId, hash)) return;
    const decided = this.decide(stream, request, hash, this.contextOf(meta));
    if (decided.kind === 'refused') throw decided.error;
  }

  /**
   * The state of a stream, at least as new as the last append of this process.
   * @param fresh also what other processes appended before the call.
   */
  async stateOf<State, Event extends EventBody>(
    category: StreamCategory,
    id: string,
    decider: Decider<State, never, Event>,
    { fresh = false } = {},
  ): Promise<{ state: State; revision: number }> {
    const streamId = streamOf(category, id);
    const cached = fresh ? undefined : this.cache.get(streamId);
    const stream = cached ?? (await this.refresh(streamId, decider));
    return { state: stream.state as State, revision: stream.revision };
  }

  /**
   * One after the other for a stream within this process: commands would only refuse each other's appends, and a read
   * that ended late would put an old state in the place of a newer one.
   */
  private inTurn<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(streamId) ?? Promise.resolve();
    const run = before.then(work, work);
    this.queues.set(streamId, run);
    const leave = () => {
      if (this.queues.get(streamId) === run) this.queues.delete(streamId);
    };
    run.then(leave, leave);
    return run;
  }

  private refresh<State, Event extends EventBody>(
    streamId: string,
    decider: Decider<State, never, Event>,
  ): Promise<CachedStream> {
    const next = this.nextReads.get(streamId);
    if (next) return next;
    const read = this.inTurn(streamId, () => {
      // Who asks from here on may ask for what this read misses.
      this.nextReads.delete(streamId);
      return this.catchUp(streamId, this.cache.get(streamId) ?? empty(decider), decider);
    });
    this.nextReads.set(streamId, read);
    return read;
  }

  private contextOf({ occurredAt }: CommandMeta): DecisionContext {
    return { occurredAt: occurredAt ?? this.clock.now(), businessDate: this.clock.businessDate() };
  }

  private async handleAlone<State, Command extends object, Event extends EventBody>(
    streamId: string,
    request: StreamCommand<State, Command, Event>,
  ): Promise<Outcome> {
    const { decider, meta, id } = request;
    const hash = hashOf(streamId, request);
    const context = this.contextOf(meta);

    // A stream that this process has not seen is taken for a new one: most often it is, or the first state refuses.
    let stream = this.cache.get(streamId) ?? empty(decider);
    let fresh = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const repeated = repetition(stream.ledger, meta.commandId, hash);
      if (repeated) {
        return { id, streamId, revision: repeated.revision, position: repeated.position, appended: 0, repeated: true };
      }
      const decided = this.decide(stream, request, hash, context);
      if (decided.kind === 'events') {
        const events = decided.events.map((event, index) => toNewEvent(event, index, request, hash));
        try {
          const { revision, position } = await this.store.append(streamId, stream.revision, events);
          this.cache.set(streamId, advance(stream, decider, events, { revision, position, hash, meta }));
          return { id, streamId, revision, position, appended: events.length, repeated: false };
        } catch (error) {
          this.cache.delete(streamId);
          if (!(error instanceof WrongRevision)) throw error;
        }
      } else if (fresh) {
        if (decided.kind === 'refused') throw decided.error;
        // Whoever waits for what this stream holds waits for its last event.
        const position = decided.position ?? stream.ledger.last;
        return { id, streamId, revision: stream.revision, position, appended: 0, repeated: false };
      }
      // Whoever appended first may have more to append, and needs no read for it: without a pause it would win each time.
      if (attempt > 0) await pause(Math.random() * 2 ** attempt);
      stream = await this.catchUp(streamId, stream, decider);
      fresh = true;
    }
    throw new ConcurrencyConflict(streamId, ATTEMPTS);
  }

  private decide<State, Command extends object, Event extends EventBody>(
    stream: CachedStream,
    { decider, command, meta, creates, category, id }: StreamCommand<State, Command, Event>,
    hash: string,
    context: DecisionContext,
  ):
    | { kind: 'events'; events: Decided<Event>[] }
    | { kind: 'nothing'; position?: bigint }
    | { kind: 'refused'; error: Error } {
    if (creates && stream.revision !== NO_REVISION) {
      const first = stream.ledger.first;
      if (first?.hash === hash) return { kind: 'nothing', position: first.position };
      return { kind: 'refused', error: new DifferentContent(streamOf(category, id)) };
    }
    if (meta.expectedRevision !== undefined && meta.expectedRevision !== stream.revision) {
      return { kind: 'refused', error: new RevisionMismatch(meta.expectedRevision, stream.revision) };
    }
    try {
      const events = decider.decide(command, stream.state as State, context);
      return events.length > 0 ? { kind: 'events', events } : { kind: 'nothing' };
    } catch (error) {
      if (error instanceof RuleViolation) return { kind: 'refused', error };
      throw error;
    }
  }

  /** Reads what the stream has gained since, and folds it into the cached state. */
  private async catchUp<State, Event extends EventBody>(
    streamId: string,
    known: CachedStream,
    decider: Pick<Decider<State, never, Event>, 'evolve'>,
  ): Promise<CachedStream> {
    const tail = await this.store.load(streamId, known.revision + 1);
    if (tail.length === 0) return known;
    const stream = { ...known, revision: tail.at(-1)!.revision };
    for (const event of tail) {
      stream.state = decider.evolve(stream.state as State, toHappened<Event>(event));
      stream.ledger.record(event);
      stream.bytes += JSON.stringify(event.data).length;
    }
    this.cache.set(streamId, stream);
    return stream;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function hashOf<Command extends object>(
  streamId: string,
  { command, said, meta }: Pick<StreamCommand<never, Command, never>, 'command' | 'said' | 'meta'>,
): string {
  return commandHash({ command: said ?? command, occurredAt: meta.occurredAt }, streamId);
}

/** How the command ended when it was sent before. */
function repetition(ledger: CommandLedger, commandId: string, hash: string): LedgerEntry | undefined {
  const entry = ledger.outcomeOf(commandId);
  if (entry && entry.hash !== hash) throw new IdempotencyKeyReused();
  return entry;
}

function empty<State>({ initial }: { initial: State }): CachedStream {
  return { revision: NO_REVISION, bytes: 0, state: initial, ledger: new CommandLedger() };
}

function toHappened<Event extends EventBody>(event: Recorded): Happened<Event> {
  return { ...(event as unknown as Event), eventId: event.eventId, occurredAt: event.metadata.occurredAt };
}

function toNewEvent<State, Command extends object, Event extends EventBody>(
  decided: Decided<Event>,
  index: number,
  { meta, subject, customerId }: StreamCommand<State, Command, Event>,
  hash: string,
): SizedEvent {
  const { type, data, occurredAt, causationId } = decided;
  const { commandId, actor, reason, correlationId, source, decidedBy } = meta;
  const content = JSON.stringify(data);
  refuseTooLarge(type, content);
  return {
    // The content is part of it: the store takes an append with the ids that it holds for a repetition, and a command
    // that is decided otherwise when it is sent again (by other rules, on another day) must not pass for one.
    eventId: derivedId('event', commandId, hash, String(index), content),
    event: { type, data },
    size: content.length,
    metadata: {
      occurredAt,
      actor,
      reason,
      correlationId,
      causationId: causationId ?? meta.causationId,
      commandId,
      commandHash: hash,
      subject,
      customerId,
      schemaVersion: eventDeclarations.get(type)!.schemaVersion,
      source,
      decidedBy,
    },
  };
}

/** The state after an append of one's own, without reading it back. */
function advance<State, Event extends EventBody>(
  { state, ledger, bytes }: CachedStream,
  decider: Pick<Decider<State, never, Event>, 'evolve'>,
  events: SizedEvent[],
  { revision, position, hash, meta }: { revision: number; position: bigint; hash: string; meta: CommandMeta },
): CachedStream {
  ledger.remember(meta.commandId, { hash, revision, position });
  const after = events.reduce((folded, { eventId, event, metadata }) => {
    return decider.evolve(folded as State, { ...(event as Event), eventId, occurredAt: metadata.occurredAt });
  }, state);
  return { revision, bytes: events.reduce((sum, { size }) => sum + size, bytes), state: after, ledger };
}

function refuseTooLarge(type: string, content: string): void {
  const size = Buffer.byteLength(content);
  if (size <= LARGEST_EVENT) return;
  throw new RuleViolation('invalid', 'event-size', `${type} would be ${size} bytes, of at most ${LARGEST_EVENT}.`);
}
