import { randomUUID } from 'node:crypto';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { invalidArgument } from './errors.js';
import type { Outlet } from './outlet.js';
import { sequenceOfPosition } from './position.js';
import { allRecords, type Range, streamRecords, visibleStream } from './reads.js';
import { filterOf, revisionOf, streamNameOf } from './requests.js';
import { caughtUpResponse, confirmationResponse, streamNotFoundResponse } from './responses.js';
import type { Store } from './store.js';
import { AllFeed, type Feed, type Presentation, present, StreamFeed } from './subscriptions.js';

type Options = streamsPb.ReadReq.Options;
type Sink = Outlet<Buffer>;

/** Serves one Read: a read of a stream or of `$all`, or a subscription to one of them. */
export async function serveRead(store: Store, options: Options | undefined, sink: Sink): Promise<void> {
  if (!options) throw invalidArgument('The options are missing.');
  const presentation = {
    resolveLinks: options.getResolveLinks(),
    structuredIds: !options.getUuidOption()?.hasString(),
  };
  if (options.hasSubscription()) await subscribe(store, feedOf(store, options, presentation), sink);
  else if (options.hasAll()) await readAll(store, options, presentation, sink);
  else await readStream(store, options, presentation, sink);
  sink.end();
}

function rangeOf(options: Options, from: number | undefined): Range {
  return { backwards: options.getReadDirection() === 1, from, count: Number(options.getCount()) };
}

function* presented(store: Store, records: Iterable<Buffer | undefined>, presentation: Presentation) {
  for (const record of records) yield record && present(store, record, presentation);
}

async function readStream(store: Store, options: Options, presentation: Presentation, sink: Sink): Promise<void> {
  const streamOptions = options.getStream();
  if (!streamOptions) throw invalidArgument('The read names neither a stream nor $all.');
  const stream = streamNameOf(streamOptions.getStreamIdentifier());
  const visible = visibleStream(store.view, stream);
  if (!visible) return void sink.send(streamNotFoundResponse(stream));
  const records = streamRecords(store.view, visible, rangeOf(options, revisionOf(streamOptions)));
  await sink.sendAll(presented(store, records, presentation));
}

/** The sequence number that a request for `$all` names, undefined for the end. */
function sequenceFrom(store: Store, options: Options): number | undefined {
  const all = options.getAll()!;
  if (all.hasEnd()) return undefined;
  const position = all.getPosition();
  return position ? sequenceOfPosition(position.getCommitPosition(), position.getPreparePosition(), store.last) : 0;
}

async function readAll(store: Store, options: Options, presentation: Presentation, sink: Sink): Promise<void> {
  const filter = filterOf(options);
  const accepts = filter ? filter.accepts : () => true;
  const range = rangeOf(options, sequenceFrom(store, options));
  await sink.sendAll(presented(store, allRecords(store.view, store.last, range, accepts), presentation));
}

function feedOf(store: Store, options: Options, presentation: Presentation): Feed {
  if (options.hasAll()) {
    const after = sequenceFrom(store, options) ?? store.last;
    return new AllFeed(store, after, filterOf(options), presentation);
  }
  const streamOptions = options.getStream();
  if (!streamOptions) throw invalidArgument('The subscription names neither a stream nor $all.');
  const after = streamOptions.hasStart() ? -1 : revisionOf(streamOptions);
  return new StreamFeed(store, streamNameOf(streamOptions.getStreamIdentifier()), after, presentation);
}

async function subscribe(store: Store, feed: Feed, sink: Sink): Promise<void> {
  await sink.send(confirmationResponse(randomUUID()));
  await sink.sendAll(feed.drain());
  await sink.sendAll(feed.atEnd());
  await sink.send(caughtUpResponse());
  while (!sink.signal.aborted) {
    await sink.sendAll(feed.drain());
    // Nothing can be committed between the end of the drain and this call: both happen in one turn.
    await store.hub.next(feed.stream, sink.signal);
  }
}
