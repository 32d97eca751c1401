import { LRUCache } from 'lru-cache';
import type { EventBody } from '#contracts/envelope.js';
import { type StreamCategory, streamOf } from '#contracts/events.js';
import { CUSTOMER_ERASED } from '#domain/customer/erasing.js';
import { type Decided, type Decider, type DecisionContext, RuleViolation } from '#domain/decider.js';
import { type EventStore, NO_REVISION, WrongRevision } from '#event-store/event-store.js';
import { PersonErased } from '#event-store/person-keys.js';
import { ERASED_HASH } from '#event-store/personal-data-cipher.js';
import type { Clock } from '#platform/clock.js';
import type { CommandLedger, LedgerEntry, Outcome } from './command-ledger.js';
import { type CommandMeta, commandHash, saidReasonOf } from './command-meta.js';
import { countRetry, observed } from './command-telemetry.js';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from './errors.js';
import { type KnownStream, unseen, withAppended, withTail } from './known-stream.js';
import { toNewEvent } from './new-events.js';
import type { StreamCommand } from './stream-command.js';

/** How often a command is decided anew when somebody else appended first. */
const ATTEMPTS = 10;
const CACHED_BYTES = 32 * 1024 * 1024;
/** What a cached stream takes whatever its events hold. */
const STREAM_BYTES = 1_000;
/** How soon a stream is read again that is asked for all the time, as rules are: whoever asks until then shares a read. */
const READ_AGAIN_MS = 10;

/**
 * Load, decide, append. A cached state is used without asking the store: when it is stale the append is refused, and
 * a refusal or "nothing to do" that was decided on it is decided again on the fresh state before it is believed.
 */
export class StreamCommands {
  private readonly cache = new LRUCache<string, KnownStream>({
    maxSize: CACHED_BYTES,
    sizeCalculation: ({ bytes }) => STREAM_BYTES + bytes,
  });
  private readonly queues = new Map<string, Promise<unknown>>();
  /** A repeated import meets one record after the other that is there: to look first spares it the refused appends. */
  private lastCreateFoundItself = false;
  /** Reads that wait for their turn: whoever asks before one begins shares it. */
  private readonly nextReads = new Map<string, Promise<KnownStream>>();
  private lastRead = { streamId: '', at: 0 };

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
    return observed(request, () => this.inTurn(streamId, () => this.handleAlone(streamId, request)));
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
    if (repetition(stream.ledger, meta, hash)) return;
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

  /** Drops what this process knows of a stream, so that the next command reads what can still be read of it. */
  async forget(category: StreamCategory, id: string): Promise<void> {
    const streamId = streamOf(category, id);
    await this.inTurn(streamId, async () => this.cache.delete(streamId));
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
  ): Promise<KnownStream> {
    const next = this.nextReads.get(streamId);
    if (next) return next;
    const read = this.inTurn(streamId, async () => {
      const { lastRead } = this;
      const early = lastRead.streamId === streamId ? lastRead.at + READ_AGAIN_MS - performance.now() : 0;
      if (early > 0) await pause(early);
      this.lastRead = { streamId, at: performance.now() };
      // Who asks from here on may ask for what this read misses.
      this.nextReads.delete(streamId);
      return this.catchUp(streamId, this.cache.get(streamId) ?? unseen(decider), decider);
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
    let stream = this.cache.get(streamId) ?? unseen(decider);
    let fresh = false;
    if (request.creates && stream.revision === NO_REVISION && this.lastCreateFoundItself) {
      stream = await this.catchUp(streamId, stream, decider);
      fresh = true;
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const repeated = repetition(stream.ledger, meta, hash);
      if (repeated) {
        return { id, streamId, revision: repeated.revision, position: repeated.position, appended: 0, repeated: true };
      }
      const decided = this.decide(stream, request, hash, context);
      if (decided.kind === 'events') {
        const named = decided.events.map((event, index) => toNewEvent(event, index, request, hash));
        try {
          const events = await this.store.identify(streamId, named);
          const { revision, position } = await this.store.append(streamId, stream.revision, events);
          if (request.creates) this.lastCreateFoundItself = false;
          this.cache.set(streamId, withAppended(stream, decider, events, { revision, position, hash, meta }));
          return { id, streamId, revision, position, appended: events.length, repeated: false };
        } catch (error) {
          this.cache.delete(streamId);
          // As any refusal, it is believed on the fresh state alone: there the command may be known already.
          if (error instanceof PersonErased && fresh) throw customerErased();
          if (!(error instanceof WrongRevision || error instanceof PersonErased)) throw error;
          countRetry(request);
        }
      } else if (fresh) {
        if (decided.kind === 'refused') throw decided.error;
        // Whoever waits for what this stream holds waits for its last event.
        const position = decided.position ?? stream.ledger.last;
        if (request.creates) this.lastCreateFoundItself = true;
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
    stream: KnownStream,
    { decider, command, meta, creates, goesOnFrom, category, id }: StreamCommand<State, Command, Event>,
    hash: string,
    context: DecisionContext,
  ):
    | { kind: 'events'; events: Decided<Event>[] }
    | { kind: 'nothing'; position?: bigint }
    | { kind: 'refused'; error: Error } {
    if (creates && stream.revision !== NO_REVISION) {
      const same = stream.ledger.makerWith(hash);
      if (same) return { kind: 'nothing', position: same.position };
      if (stream.ledger.makerWith(ERASED_HASH)) return { kind: 'refused', error: customerErased() };
      if (!goesOnFrom?.(stream.state as State)) {
        return { kind: 'refused', error: new DifferentContent(streamOf(category, id)) };
      }
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
    known: KnownStream,
    decider: Pick<Decider<State, never, Event>, 'evolve' | 'making'>,
  ): Promise<KnownStream> {
    const tail = await this.store.load(streamId, known.revision + 1);
    if (tail.length === 0) return known;
    const stream = withTail(known, tail, decider);
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

function customerErased(): RuleViolation {
  return new RuleViolation(
    'conflict',
    CUSTOMER_ERASED,
    'The personal data of this customer were erased: send only what holds none.',
  );
}

/** How the command ended when it was sent before. */
function repetition(ledger: CommandLedger, meta: CommandMeta, hash: string): LedgerEntry | undefined {
  const entry = ledger.outcomeOf(meta.commandId);
  // What was said under an erased hash cannot be compared any more: the id alone tells the repetition.
  if (entry === undefined || entry.hash === ERASED_HASH) return entry;
  if (entry.hash !== hash || entry.reason !== saidReasonOf(meta)) throw new IdempotencyKeyReused();
  return entry;
}
