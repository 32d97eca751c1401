import type { Socket } from 'node:net';
import { type Answer, CLOSE } from './apis/api.js';
import { apis } from './apis/index.js';
import type { Broker } from './broker.js';
import { Reader } from './wire.js';

const API_VERSIONS = 18;
const MAX_IN_FLIGHT = 100;

/**
 * One client's connection: cuts the stream into requests, hands each to its handler as it arrives and sends the
 * answers in the order of the requests. A request that cannot be read or that no handler takes closes the connection.
 */
export class Connection {
  private chunks: Buffer[] = [];
  private buffered = 0;
  /** The size of the request that is arriving, once its first four bytes are there. */
  private awaited = -1;
  private inFlight = 0;
  private lastAnswer: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(
    private readonly socket: Socket,
    private readonly broker: Broker,
  ) {
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => socket.destroy()); // the client is gone
  }

  private receive(chunk: Buffer) {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    try {
      for (let request = this.next(); request; request = this.next()) this.dispatch(request);
    } catch (error) {
      this.refuse(error as Error);
    }
  }

  /** The next whole request, if it has arrived. Large ones are put together once, not with every chunk. */
  private next(): Buffer | null {
    if (this.isEnding) return null;
    if (this.awaited < 0) {
      if (this.buffered < 4) return null;
      this.awaited = this.take(4).readInt32BE();
      if (this.awaited < 8 || this.awaited > this.broker.configs.number('socket.request.max.bytes'))
        throw new RangeError(`A request of ${this.awaited} bytes is not taken.`);
    }
    if (this.buffered < this.awaited) return null;
    const request = this.take(this.awaited);
    this.awaited = -1;
    return request;
  }

  private take(length: number): Buffer {
    const first = this.chunks[0]!;
    const joined = first.length >= length ? first : Buffer.concat(this.chunks);
    const rest = joined.subarray(length);
    this.chunks = joined === first ? this.chunks.slice(1) : [];
    if (rest.length > 0) this.chunks.unshift(rest);
    this.buffered -= length;
    return joined.subarray(0, length);
  }

  private dispatch(request: Buffer) {
    const apiKey = request.readInt16BE(0);
    const version = request.readInt16BE(2);
    const correlationId = request.readInt32BE(4);
    const api = apis.get(apiKey);
    // ApiVersions is answered in any version: that is how a newer client learns which ones there are.
    if (!api || version < api.min || (version > api.max && apiKey !== API_VERSIONS))
      throw new RangeError(`API ${apiKey} version ${version} is not served.`);
    const reader = new Reader(request.subarray(8));
    const clientId = reader.nullableString() ?? '';
    const clientHost = `/${this.socket.remoteAddress ?? ''}`;
    const answer = api.handle(reader, { broker: this.broker, version, clientId, clientHost });
    if (answer instanceof Promise) answer.catch(() => {}); // reported when its turn comes
    if (++this.inFlight === MAX_IN_FLIGHT) this.socket.pause();
    this.lastAnswer = this.lastAnswer.then(() => this.send(answer, correlationId));
  }

  private async send(answer: Answer | Promise<Answer>, correlationId: number) {
    try {
      const writer = await answer;
      if (writer === CLOSE) this.socket.destroy();
      else if (writer) await this.write(writer.frame(correlationId));
    } catch (error) {
      this.refuse(error as Error);
    }
    if (this.inFlight-- === MAX_IN_FLIGHT) this.socket.resume();
  }

  /** Waits for a slow client, so that answers do not pile up in memory. */
  private async write(chunks: Buffer[]) {
    if (this.socket.destroyed) return;
    this.socket.cork();
    let hasRoom = true;
    for (const chunk of chunks) hasRoom = this.socket.write(chunk);
    this.socket.uncork();
    if (hasRoom || this.socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done);
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }

  private refuse(error: Error) {
    this.broker.report(`A connection was closed: ${error.message}`);
    this.isEnding = true;
    this.socket.destroy();
  }

  /** Takes no more requests; resolves when those taken are answered. */
  async end() {
    this.isEnding = true;
    await this.lastAnswer;
    if (!this.socket.destroyed) this.socket.end();
  }

  destroy() {
    this.socket.destroy();
  }
}
