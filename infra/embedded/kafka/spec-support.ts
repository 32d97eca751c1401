import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Consumer, type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { Reader, Writer } from './wire.js';

const MAIN = join(process.cwd(), 'dist/infra/embedded/kafka/main.js');
/** Quick timers, so that no spec has to wait for Kafka's leisurely defaults. */
const QUICK = {
  'group.min.session.timeout.ms': '200',
  'log.cleaner.backoff.ms': '50',
  'log.retention.check.interval.ms': '50',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '50',
};

/** A broker in a process of its own on a temporary folder. */
export class TestBroker {
  readonly data = mkdtempSync(join(tmpdir(), 'embedded-kafka-'));
  port = 0;
  stderr = '';
  private child: ChildProcess | undefined;
  private exited: Promise<number | null> = Promise.resolve(null);

  constructor(private readonly configs: Record<string, string> = {}) {}

  /** Resolves when it is ready; rejects with what it said when it does not start. */
  async start(data = this.data): Promise<this> {
    const env = { ...process.env, EMBEDDED_KAFKA_CONFIGS: JSON.stringify({ ...QUICK, ...this.configs }) };
    const child = spawn(process.execPath, [MAIN, '--data', data, '--port', String(this.port)], { env });
    this.child = child;
    child.stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve) => child.on('close', resolve));
    const ready = new Promise<string>((resolve) => child.stdout.once('data', (line) => resolve(String(line))));
    const line = await Promise.race([ready, this.exited.then(() => '')]);
    if (!line) throw new Error(this.stderr);
    this.port = JSON.parse(line).port;
    return this;
  }

  kafka(retries = 30): Kafka {
    return new Kafka({
      clientId: 'spec',
      brokers: [`127.0.0.1:${this.port}`],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 5, multiplier: 1.3, factor: 0.2, maxRetryTime: 200, retries },
    });
  }

  /** Ends it cleanly. @returns its exit code. */
  stop(): Promise<number | null> {
    this.child?.stdin?.end();
    return this.exited;
  }

  async kill() {
    this.child?.kill('SIGKILL');
    await this.exited;
  }

  async remove() {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Sends one request as bytes and gives the answer's body; null when the broker closes the connection instead. */
  request(apiKey: number, version: number, write: (body: Writer) => Writer): Promise<Reader | null> {
    const header = new Writer().int16(apiKey).int16(version).int32(7).string('raw');
    const body = Buffer.concat([...header.frame(0).slice(0, 1), ...write(new Writer()).frame(0)]);
    const headerLength = 8 + 2 + 2 + 4 + 2 + 3;
    const bytes = Buffer.concat([body.subarray(4 + 4, headerLength), body.subarray(headerLength + 8)]);
    const size = Buffer.alloc(4);
    size.writeInt32BE(bytes.length);
    return new Promise((resolve, reject) => {
      let answer = Buffer.alloc(0);
      const socket = connect(this.port, '127.0.0.1', () => socket.write(Buffer.concat([size, bytes])));
      socket.on('data', (chunk) => {
        answer = Buffer.concat([answer, chunk]);
        if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
        socket.destroy();
        resolve(new Reader(answer.subarray(8)));
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(null));
    });
  }
}

/** Reads a topic from its beginning until `enough`, and gives what was read in order of arrival. */
export async function readAll(
  kafka: Kafka,
  topic: string,
  enough: (messages: EachMessagePayload[]) => boolean,
  options: { readUncommitted?: boolean; groupId?: string } = {},
): Promise<EachMessagePayload[]> {
  const groupId = options.groupId ?? `read-${Math.random()}`;
  const consumer: Consumer = kafka.consumer({
    groupId,
    readUncommitted: options.readUncommitted ?? false,
    maxWaitTimeInMs: 50,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const messages: EachMessagePayload[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      void consumer.run({
        eachMessage: async (message) => {
          messages.push(message);
          if (enough(messages)) resolve();
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
  return messages;
}

/** Asks `look` again and again until it gives a value other than undefined. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5)); // leaves the processor to the broker
  }
}
