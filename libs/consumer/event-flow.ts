import type { DeadLetter, DeadLetterReason } from './dead-letter.js';
import type { HandlerContext, Handlers, Inbox, UnknownEventHandler } from './handlers.js';
import { InvalidEvent, isKnownType, readEvent, typeOf } from './reading.js';
import type { ReceivedEvent, UnknownEvent } from './received-event.js';
import { delayAfter, pause, type Retrying } from './retrying.js';
import type { SourceRecord } from './source-record.js';

/** How many events met each end. */
export interface Counts {
  handled: number;
  /** Not handled, because the inbox had them. */
  repeated: number;
  /** Of a known type without a handler. */
  passedOver: number;
  /** Of a type that this version of the contract does not know, with nobody to take them. */
  unknown: number;
  /** Put among the dead letters for what they are or did. */
  deadLettered: number;
  /** Put there behind another of their key. */
  followed: number;
  /** Dead letters handled after all. */
  retried: number;
}

/** Where dead letters are kept. */
export interface DeadLetterStore {
  table: {
    holds(partition: number, key: string): boolean;
    has(partition: number, offset: bigint): boolean;
    letters(partition: number, key: string): DeadLetter[];
  };
  put(letter: DeadLetter): Promise<void>;
  remove(letter: DeadLetter): Promise<void>;
  retryDone(partition: number, key: string): Promise<void>;
}

export interface FlowOptions<Client> {
  handlers: Handlers<Client>;
  otherwise?: UnknownEventHandler<Client>;
  inbox?: Inbox<Client>;
  retrying: Retrying;
  /** More keys than this with a new dead letter within a minute are no matter of single events. */
  mostKeysAMinute: number;
  told: (letter: DeadLetter) => void;
  signal: AbortSignal;
}

interface Failure {
  reason: DeadLetterReason;
  error: string;
}

const MINUTE = 60_000;

/**
 * What becomes of each record: handled, passed over, or put among the dead letters. In one partition one thing is done
 * at a time, so a record and the retry of an earlier one never pass each other.
 */
export class EventFlow<Client> {
  readonly counts: Counts = {
    handled: 0,
    repeated: 0,
    passedOver: 0,
    unknown: 0,
    deadLettered: 0,
    followed: 0,
    retried: 0,
  };
  private readonly turns = new Map<number, Promise<unknown>>();
  private stopped: { key: string; at: number }[] = [];

  constructor(
    private readonly store: DeadLetterStore,
    private readonly options: FlowOptions<Client>,
  ) {}

  /**
   * Brings one record to its end; it may be committed then.
   * @param lost ends the wait for another try: the record is another process's now.
   * @throws Stopping, or TooManyDeadLetters, or what the store throws: then it may not.
   */
  take(record: SourceRecord, lost: AbortSignal): Promise<void> {
    return this.inTurn(record.partition, () => this.bring(record, lost));
  }

  /**
   * Handles the dead letters of a key in order, up to the first that fails again.
   * @param isOurs whether the partition is still this process's.
   */
  async retry(partition: number, key: string, isOurs: () => boolean, lost: AbortSignal): Promise<void> {
    while (await this.inTurn(partition, () => this.retryFirst(partition, key, isOurs, lost))) {
      // Between two of them, the partition's other records have their turn.
    }
    if (isOurs()) await this.store.retryDone(partition, key);
  }

  private async bring(record: SourceRecord, lost: AbortSignal): Promise<void> {
    const { partition, offset, key } = record;
    if (!this.concerns(record)) return;
    if (this.store.table.holds(partition, key)) {
      // It is there already when it came again because nothing was committed.
      if (this.store.table.has(partition, offset)) return;
      await this.store.put({ record, reason: 'follows', at: now() });
      this.counts.followed += 1;
      return;
    }
    const failure = await this.attempt(record, lost);
    if (failure === undefined) return;
    this.refuseTooMany(key);
    const letter = { record, ...failure, at: now() };
    await this.store.put(letter);
    this.counts.deadLettered += 1;
    this.options.told(letter);
  }

  /** @returns whether there may be more. */
  private async retryFirst(partition: number, key: string, isOurs: () => boolean, lost: AbortSignal): Promise<boolean> {
    const [first] = this.store.table.letters(partition, key);
    if (first === undefined || !isOurs()) return false;
    const failure = await this.attempt(first.record, lost);
    if (failure !== undefined) {
      const letter = { record: first.record, ...failure, at: now() };
      await this.store.put(letter);
      this.options.told(letter);
      return false;
    }
    await this.store.remove(first);
    this.counts.retried += 1;
    return true;
  }

  private concerns(record: SourceRecord): boolean {
    const type = typeOf(record);
    // What has no type is no event: that is told, not passed over.
    if (type === undefined) return true;
    const isKnown = isKnownType(type);
    if (isKnown ? this.options.handlers[type] !== undefined : this.options.otherwise !== undefined) return true;
    this.counts[isKnown ? 'passedOver' : 'unknown'] += 1;
    return false;
  }

  private async attempt(record: SourceRecord, lost: AbortSignal): Promise<Failure | undefined> {
    const { retrying, signal } = this.options;
    const event = this.read(record);
    if ('reason' in event) return event;
    let failures = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.handle(event, record, attempt);
        return undefined;
      } catch (error) {
        if (!retrying.isTransient(error)) failures += 1;
        if (failures >= retrying.attempts) return { reason: 'failed', error: sentenceOf(error) };
        await pause(delayAfter(attempt, retrying), AbortSignal.any([signal, lost]));
      }
    }
  }

  private read(record: SourceRecord): ReceivedEvent | UnknownEvent | Failure {
    try {
      return readEvent(record);
    } catch (error) {
      if (!(error instanceof InvalidEvent)) throw error;
      return { reason: 'invalid', error: error.message };
    }
  }

  private async handle(event: ReceivedEvent | UnknownEvent, record: SourceRecord, attempt: number): Promise<void> {
    const { inbox } = this.options;
    const { key, partition, offset } = record;
    const run = (client: Client) => this.call(event, { client, key, partition, offset, attempt });
    const isNew = inbox ? await inbox.once(event.id, run) : await run(undefined as Client).then(() => true);
    this.counts[isNew ? 'handled' : 'repeated'] += 1;
  }

  private async call(event: ReceivedEvent | UnknownEvent, context: HandlerContext<Client>): Promise<void> {
    const { handlers, otherwise } = this.options;
    if (!isKnownType(event.type)) return otherwise?.(event, context);
    // The type of the event chose the handler, which TypeScript cannot follow.
    const handler = handlers[event.type] as ((event: unknown, context: HandlerContext<Client>) => unknown) | undefined;
    await handler?.(event, context);
  }

  private refuseTooMany(key: string): void {
    const since = performance.now() - MINUTE;
    this.stopped = this.stopped.filter(({ at }) => at > since);
    const others = new Set(this.stopped.map((each) => each.key)).add(key);
    if (others.size > this.options.mostKeysAMinute) throw new TooManyDeadLetters(others.size);
    this.stopped.push({ key, at: performance.now() });
  }

  private inTurn<Result>(partition: number, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.turns.get(partition) ?? Promise.resolve()).then(work);
    this.turns.set(
      partition,
      turn.catch(() => {}),
    );
    return turn;
  }
}

/** Handling fails as a whole: the subscriber stops before the topic becomes dead letters. */
export class TooManyDeadLetters extends Error {
  constructor(keys: number) {
    super(`Events of ${keys} keys failed within a minute: that is no matter of single events. The subscriber stopped.`);
    this.name = 'TooManyDeadLetters';
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function now(): string {
  return new Date().toISOString();
}
