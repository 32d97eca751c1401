import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer<Body> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** What the text says; undefined when it is no JSON. */
  body: Body;
}

/** What every refusal answers. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  rule?: string;
  field?: string;
  errors?: { field: string; rule: string; message: string }[];
}

export interface CommandBody extends ProblemBody {
  id: string;
  revision: number;
  position: string;
}

type Headers = Record<string, string>;

/** Talks to an API over a real port. What it never saw is an answer of 500 or above that nobody expected. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });
  /** Every answer of 500 and above, as `METHOD path: status text`. */
  readonly failures: string[] = [];

  constructor(
    readonly port: number,
    readonly apiKey: string,
  ) {}

  get<Body = ProblemBody>(path: string, headers: Headers = {}): Promise<Answer<Body>> {
    return this.send<Body>('GET', path, undefined, { ...this.credential, ...headers });
  }

  /** A body that is text or bytes is sent as it is, any other as JSON. */
  post<Body = CommandBody>(path: string, body: unknown, headers: Headers = {}): Promise<Answer<Body>> {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.send<Body>('POST', path, bytes, {
      'content-type': 'application/json',
      ...this.credential,
      ...headers,
    });
  }

  /** Exactly this, without a credential of its own. */
  send<Body = ProblemBody>(
    method: string,
    path: string,
    body: string | Buffer | undefined,
    headers: Headers,
  ): Promise<Answer<Body>> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { port: this.port, host: '127.0.0.1', agent: this.agent, method, path, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const status = response.statusCode!;
            const text = Buffer.concat(chunks).toString('utf8');
            if (status >= 500) this.failures.push(`${method} ${path}: ${status} ${text}`);
            resolve({ status, headers: response.headers, text, body: parsed<Body>(text) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private get credential(): Headers {
    return { authorization: `Bearer ${this.apiKey}` };
  }
}

function parsed<Body>(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined as Body;
  }
}
