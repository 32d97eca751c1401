import { convertToCommandError } from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadCall, StreamsConnection } from './connection.js';
import type { ReadAnswer, StoredEvent } from './read-answer.js';

const { Options } = streamsPb.ReadReq;
type Options = streamsPb.ReadReq.Options;

/** Every event type but those of the server's own. */
const NO_SYSTEM_EVENTS = '^[^$].*';

/** The events of a stream from a revision on; none when there is no such stream. */
export async function readStream(
  connection: StreamsConnection,
  streamId: string,
  fromRevision: number,
): Promise<StoredEvent[]> {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(streamId).toString('base64'));
  const stream = new Options.StreamOptions();
  stream.setStreamIdentifier(identifier);
  stream.setRevision(String(fromRevision));
  const options = new Options();
  options.setStream(stream);
  options.setCount(String(Number.MAX_SAFE_INTEGER));
  options.setNoFilter(new sharedPb.Empty());
  return eventsOf(connection, options);
}

/** The event that stands at a position of `$all`; undefined where none does. */
export async function readAt(connection: StreamsConnection, position: bigint): Promise<StoredEvent | undefined> {
  const options = new Options();
  options.setAll(allFrom(position));
  options.setCount('1');
  options.setNoFilter(new sharedPb.Empty());
  const [event] = await eventsOf(connection, options);
  return event?.position === position ? event : undefined;
}

/** How many events of `$all` are read, which way, and from where: the end of the store is where backwards begins. */
export interface PartOfAll {
  direction: 'forwards' | 'backwards';
  /** Undefined: from the beginning, or from the end. */
  from: bigint | undefined;
  count: number;
}

/**
 * Some events of `$all`, system events included. Each call is read to its end: what the official client hands out event
 * by event it keeps for good, where whoever reads leaves before that.
 */
export async function readAll(
  connection: StreamsConnection,
  { direction, from, count }: PartOfAll,
): Promise<StoredEvent[]> {
  const options = new Options();
  const isBackwards = direction === 'backwards';
  options.setAll(isBackwards && from === undefined ? allFromEnd() : allFrom(from));
  options.setReadDirection(Options.ReadDirection[isBackwards ? 'BACKWARDS' : 'FORWARDS']);
  options.setCount(String(count));
  options.setNoFilter(new sharedPb.Empty());
  return eventsOf(connection, options);
}

async function eventsOf(connection: StreamsConnection, options: Options): Promise<StoredEvent[]> {
  const call = await connection.read(requestOf(options));
  return new Promise((resolve, reject) => {
    const events: StoredEvent[] = [];
    call
      .on('data', (answer: ReadAnswer) => {
        if (answer.kind === 'event') events.push(answer.event);
      })
      .on('error', (error) => reject(convertToCommandError(error)))
      .on('end', () => resolve(events));
  });
}

/** What a subscription tells. */
export interface Subscriber {
  event(event: StoredEvent): void;
  /** How far the server has looked where it found nothing to deliver. */
  checkpoint(position: bigint): void;
  /** Everything that the store holds has been told. */
  caughtUp(): void;
  /** Nothing more will come. Not told of an end that was asked for. */
  lost(error: Error): void;
}

/** A subscription to `$all` without system events, in order. It begins at once, and ends with an error or when told to. */
export class AllSubscription {
  private call: ReadCall | undefined;
  private ended = false;
  private paused = false;

  /** @param after the position after which to start; undefined from the beginning. */
  constructor(
    connection: StreamsConnection,
    after: bigint | undefined,
    private readonly subscriber: Subscriber,
  ) {
    connection.read(subscriptionRequest(after)).then(
      (call) => this.listen(call),
      (error: Error) => this.lost(error),
    );
  }

  get isPaused(): boolean {
    return this.paused;
  }

  pause(): void {
    this.paused = true;
    this.call?.pause();
  }

  resume(): void {
    this.paused = false;
    this.call?.resume();
  }

  end(): void {
    this.ended = true;
    this.call?.cancel();
  }

  private listen(call: ReadCall): void {
    this.call = call;
    call
      .on('data', (answer: ReadAnswer) => this.tell(answer))
      .on('error', (error) => this.lost(convertToCommandError(error)))
      .on('end', () => this.lost(new Error('The event store ended the subscription.')));
    if (this.ended) call.cancel();
    else if (this.paused) call.pause();
  }

  private tell(answer: ReadAnswer): void {
    if (this.ended) return;
    if (answer.kind === 'event') this.subscriber.event(answer.event);
    else if (answer.kind === 'checkpoint') this.subscriber.checkpoint(answer.position);
    else if (answer.kind === 'caughtUp') this.subscriber.caughtUp();
  }

  private lost(error: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.subscriber.lost(error);
  }
}

function subscriptionRequest(after: bigint | undefined): streamsPb.ReadReq {
  const expression = new Options.FilterOptions.Expression();
  expression.setRegex(NO_SYSTEM_EVENTS);
  const filter = new Options.FilterOptions();
  filter.setEventType(expression);
  filter.setCount(new sharedPb.Empty());
  filter.setCheckpointintervalmultiplier(1);
  const options = new Options();
  options.setAll(allFrom(after));
  options.setSubscription(new Options.SubscriptionOptions());
  options.setFilter(filter);
  return requestOf(options);
}

/** `$all` from a position on: a read begins with the event at the position, a subscription after it. */
export function allFrom(position: bigint | undefined): streamsPb.ReadReq.Options.AllOptions {
  const all = new Options.AllOptions();
  if (position === undefined) all.setStart(new sharedPb.Empty());
  else {
    const at = new Options.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    all.setPosition(at);
  }
  return all;
}

function allFromEnd(): streamsPb.ReadReq.Options.AllOptions {
  const all = new Options.AllOptions();
  all.setEnd(new sharedPb.Empty());
  return all;
}

/** A request with these options, in which ids are asked for as text. */
export function requestOf(options: Options): streamsPb.ReadReq {
  const ids = new Options.UUIDOption();
  ids.setString(new sharedPb.Empty());
  options.setUuidOption(ids);
  const request = new streamsPb.ReadReq();
  request.setOptions(options);
  return request;
}
