import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { until } from '#testing/spec-worker.js';

export interface Message {
  id: string;
  event: string;
  data: {
    type: string;
    data: Record<string, unknown>;
    eventId: string;
    position: string;
    metadata: Record<string, unknown>;
  };
}

/** A listener to server-sent events, as a browser's `EventSource` is one. */
export class EventStream {
  readonly messages: Message[] = [];
  /** What a client sends as `Last-Event-ID` when it comes back. */
  lastId = '';
  hasEnded = false;
  private rest = '';

  private constructor(
    private readonly sent: ClientRequest,
    private readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.on('close', () => {
      this.hasEnded = true;
    });
    response.on('error', () => {});
  }

  get status(): number {
    return this.response.statusCode!;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  static open(port: number, path: string, headers: Record<string, string>): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) =>
        resolve(new EventStream(sent, response)),
      );
      sent.on('error', reject);
      sent.end();
    });
  }

  async has(count: number): Promise<Message[]> {
    await until(() => this.messages.length >= count);
    return this.messages;
  }

  /** Reads nothing any more until `resume`: the connection fills up. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.sent.destroy();
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w*): ?(.*)$/s.exec(line)!.slice(1, 3) as [string, string]);
      const { id, event, data } = Object.fromEntries(fields) as Record<string, string>;
      if (id !== undefined) this.lastId = id;
      if (data !== undefined) this.messages.push({ id: id!, event: event!, data: JSON.parse(data) });
    }
  }
}
