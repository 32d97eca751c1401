import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { MAXIMUM_APPEND_SIZE, sizeOf, type WriteRequest } from './append.js';
import { invalidArgument, Refused } from './errors.js';
import type { Outlet } from './outlet.js';
import type { ProposedEvent } from './recorded-event.js';
import { expectedOf, proposedEvent, streamNameOf } from './requests.js';
import { appendSuccess, appendWrongVersion, batchFailure, batchRefusal, batchSuccess } from './responses.js';
import { toServiceError } from './status.js';
import type { Store } from './store.js';

/** Collects the events of one append, but never more than one append may hold. */
class Collected {
  readonly events: ProposedEvent[] = [];
  private size = 0;

  add(event: ProposedEvent): void {
    this.size += sizeOf(event);
    if (this.size > MAXIMUM_APPEND_SIZE)
      throw new Refused({ kind: 'maximum-append-size-exceeded', maximum: MAXIMUM_APPEND_SIZE });
    this.events.push(event);
  }
}

/** Serves one plain Append: options first, then one message an event. */
export async function serveAppend(
  store: Store,
  call: ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>,
): Promise<streamsPb.AppendResp> {
  const collected = new Collected();
  let options: streamsPb.AppendReq.Options | undefined;
  for await (const message of call as AsyncIterable<streamsPb.AppendReq>) {
    options = message.getOptions() ?? options;
    const proposed = message.getProposedMessage();
    if (proposed) collected.add(proposedEvent(proposed));
  }
  if (!options) throw invalidArgument('The options are missing.');
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.getRevision());
  try {
    return appendSuccess(await store.write({ kind: 'append', stream, expected, events: collected.events }));
  } catch (error) {
    if (error instanceof Refused && error.refusal.kind === 'wrong-expected-version')
      return appendWrongVersion(error.refusal);
    throw error;
  }
}

/** An append whose chunks are still coming in. */
interface Pending {
  correlationId: sharedPb.UUID | undefined;
  options: streamsPb.BatchAppendReq.Options | undefined;
  collected: Collected;
  refused: unknown;
}

/** How many appends of one stream may wait for the disk before the client is slowed down. */
const WAITING_AT_ONCE = 1024;

/** Serves one BatchAppend stream: exactly one answer for each correlation id, after its final chunk. */
export class BatchAppendCall {
  private readonly pending = new Map<string, Pending>();
  private waiting = 0;

  constructor(
    private readonly store: Store,
    private readonly call: ServerDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>,
    private readonly sink: Outlet<streamsPb.BatchAppendResp>,
  ) {
    call.on('data', (chunk: streamsPb.BatchAppendReq) => this.take(chunk));
    call.on('end', () => this.endIfDone());
  }

  private take(chunk: streamsPb.BatchAppendReq): void {
    const id = chunk.getCorrelationId();
    const key = id ? Buffer.from(id.serializeBinary()).toString('latin1') : '';
    const append = this.pending.get(key) ?? {
      correlationId: id,
      options: undefined,
      collected: new Collected(),
      refused: undefined,
    };
    append.options = chunk.getOptions() ?? append.options;
    try {
      if (!append.refused)
        for (const message of chunk.getProposedMessagesList()) append.collected.add(proposedEvent(message));
    } catch (error) {
      append.refused = error;
    }
    if (!chunk.getIsFinal()) return void this.pending.set(key, append);
    this.pending.delete(key);
    if (++this.waiting >= WAITING_AT_ONCE) this.call.pause();
    void this.answer(append);
  }

  private async answer(append: Pending): Promise<void> {
    const response = new streamsPb.BatchAppendResp();
    response.setCorrelationId(append.correlationId);
    const identifier = append.options?.getStreamIdentifier();
    if (identifier) response.setStreamIdentifier(identifier);
    try {
      if (append.refused) throw append.refused;
      response.setSuccess(batchSuccess(await this.store.write(requestOf(append))));
    } catch (error) {
      // The stream is about to end with CANCELLED, which tells the client to connect anew.
      if (error instanceof Refused && error.refusal.kind === 'shutting-down') return;
      if (error instanceof Refused) response.setError(batchRefusal(error));
      else response.setError(batchFailure(toServiceError(error).details));
    }
    await this.sink.send(response);
    if (this.waiting-- >= WAITING_AT_ONCE) this.call.resume();
    this.endIfDone();
  }

  private endIfDone(): void {
    if (this.waiting === 0 && this.call.readableEnded) this.sink.end();
  }
}

function requestOf({ options, collected }: Pending): WriteRequest {
  if (!options) throw invalidArgument('The options are missing.');
  const deadline = options.getDeadline();
  return {
    kind: 'append',
    stream: streamNameOf(options.getStreamIdentifier()),
    expected: expectedOf(options, options.getStreamPosition()),
    events: collected.events,
    deadline: deadline && deadline.getSeconds() * 1000 + deadline.getNanos() / 1_000_000,
  };
}
