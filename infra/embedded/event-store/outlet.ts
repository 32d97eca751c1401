import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/** Given as the reason, or each call would make an exception with a stack of its own. */
const ENDED = new Error('The call has ended.');

/** The sending side of a streaming call, with backpressure and one signal for every way in which a call can end. */
export class Outlet<T> {
  private readonly ended = new AbortController();
  readonly signal: AbortSignal = this.ended.signal;
  private drained: Promise<void> | undefined;

  constructor(private readonly call: ServerWritableStream<unknown, T> | ServerDuplexStream<unknown, T>) {
    const end = () => this.ended.abort(ENDED);
    call.on('cancelled', end);
    call.on('close', end);
    call.on('error', end);
    call.on('finish', end);
  }

  /** Sends a message; returns a promise to wait for when the client does not keep up. */
  send(message: T): Promise<void> | undefined {
    if (this.signal.aborted || this.call.write(message)) return undefined;
    this.drained ??= new Promise((resolve) => {
      const go = () => {
        this.call.off('drain', go);
        this.signal.removeEventListener('abort', go);
        this.drained = undefined;
        resolve();
      };
      this.call.on('drain', go);
      this.signal.addEventListener('abort', go);
    });
    return this.drained;
  }

  /** Sends what a generator makes, as fast as the client takes it; `undefined` gives the event loop a turn. */
  async sendAll(messages: Iterable<T | undefined>): Promise<void> {
    for (const message of messages) {
      if (this.signal.aborted) return;
      const wait = message === undefined ? new Promise((resolve) => setImmediate(resolve)) : this.send(message);
      if (wait) await wait;
    }
  }

  end(): void {
    if (!this.signal.aborted) this.call.end();
  }

  /** Ends the call with an error. */
  fail(error: Error): void {
    if (!this.signal.aborted) this.call.emit('error', error);
  }
}
