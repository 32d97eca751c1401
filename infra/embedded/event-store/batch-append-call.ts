import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { WriteRequest, Written } from './append.js';
import type { BatchAppendChunk, BatchAppendOptions } from './batch-append-request.js';
import { batchError, batchSuccess } from './batch-append-response.js';
import { Collected } from './collected.js';
import { invalidArgument, Refused } from './errors.js';
import type { Outlet } from './outlet.js';
import { checkedEvent } from './requests.js';
import { batchFailure, batchRefusal } from './responses.js';
import { toServiceError } from './status.js';
import type { Store } from './store.js';

/** An append whose chunks are still coming in. */
interface Pending {
  correlationId: Buffer | undefined;
  options: BatchAppendOptions | undefined;
  collected: Collected;
  refused: unknown;
}

/** How many appends of one stream may wait for the disk, or for the client, before the client is slowed down. */
const WAITING_AT_ONCE = 1024;

/** Serves one BatchAppend stream: exactly one answer for each correlation id, after its final chunk. */
export class BatchAppendCall {
  private readonly pending = new Map<string, Pending>();
  private waiting = 0;

  constructor(
    private readonly store: Store,
    private readonly call: ServerDuplexStream<BatchAppendChunk, Buffer>,
    private readonly sink: Outlet<Buffer>,
  ) {
    call.on('data', (chunk: BatchAppendChunk) => this.take(chunk));
    call.on('end', () => this.endIfDone());
  }

  private take(chunk: BatchAppendChunk): void {
    const append = this.pendingOf(chunk);
    append.options = chunk.options ?? append.options;
    try {
      if (!append.refused) for (const message of chunk.messages) append.collected.add(checkedEvent(message));
    } catch (error) {
      append.refused = error;
    }
    if (!chunk.final) return;
    if (++this.waiting >= WAITING_AT_ONCE) this.call.pause();
    this.write(append);
  }

  /** Most appends come whole, in one chunk: only the others are kept. */
  private pendingOf({ correlationId, final }: BatchAppendChunk): Pending {
    const key = final && this.pending.size === 0 ? '' : (correlationId?.toString('latin1') ?? '');
    const known = this.pending.get(key);
    if (known && final) this.pending.delete(key);
    if (known) return known;
    const append = { correlationId, options: undefined, collected: new Collected(), refused: undefined };
    if (!final) this.pending.set(key, append);
    return append;
  }

  private write(append: Pending): void {
    try {
      if (append.refused) throw append.refused;
      const request = requestOf(append);
      this.store.submit(
        request,
        (written) => this.succeed(append, written),
        (error) => this.fail(append, error),
      );
    } catch (error) {
      this.fail(append, error);
    }
  }

  private succeed(append: Pending, written: Written): void {
    this.send(batchSuccess(addresseeOf(append), written));
  }

  private fail(append: Pending, error: unknown): void {
    // The stream is about to end with CANCELLED, which tells the client to connect anew.
    if (error instanceof Refused && error.refusal.kind === 'shutting-down') return;
    const status = error instanceof Refused ? batchRefusal(error) : batchFailure(toServiceError(error).details);
    this.send(batchError(addresseeOf(append), status));
  }

  private send(response: Buffer): void {
    const slow = this.sink.send(response);
    if (slow) void slow.then(() => this.answered());
    else this.answered();
  }

  private answered(): void {
    if (this.waiting-- >= WAITING_AT_ONCE) this.call.resume();
    this.endIfDone();
  }

  private endIfDone(): void {
    if (this.waiting === 0 && this.call.readableEnded) this.sink.end();
  }
}

function addresseeOf({ correlationId, options }: Pending) {
  return { correlationId, identifier: options?.identifier };
}

function requestOf({ options, collected }: Pending): WriteRequest {
  if (!options) throw invalidArgument('The options are missing.');
  const { stream, expected, deadline } = options;
  return { kind: 'append', stream, expected, events: collected.events, deadline };
}
