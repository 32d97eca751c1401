import type { Producer } from 'kafkajs';
import { peek } from './spec-peek.js';
import { TestBroker } from './spec-support.js';
import { verify } from './verify.js';

const PARTITIONS = 3;

describe('transactions', () => {
  const broker = new TestBroker();

  beforeAll(async () => {
    await broker.start();
    const admin = broker.kafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'killed', numPartitions: PARTITIONS }] });
    await admin.disconnect();
  });
  afterAll(() => broker.remove());

  /** Sends one value to all partitions in a transaction. */
  const attempt = async (producer: Producer, value: string, commits: boolean) => {
    const transaction = await producer.transaction();
    const messages = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, key: value, value }));
    await transaction.send({ topic: 'killed', messages });
    await (commits ? transaction.commit() : transaction.abort());
  };
  const start = async () => {
    const options = { transactionalId: 'killed', idempotent: true, maxInFlightRequests: 1 };
    const producer = broker.kafka().producer({ ...options, retry: { retries: 1, initialRetryTime: 1 } });
    await producer.connect();
    return producer;
  };

  it('survive kill -9 at any moment: read_committed sees each committed message once, no half transaction', async () => {
    const committed = new Set<string>();
    const unsure = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const producer = await start();
      for (let i = 0; i < 3; i++) {
        await attempt(producer, `${round}/${i}`, i !== 1);
        if (i !== 1) committed.add(`${round}/${i}`);
      }
      unsure.add(`${round}/last`);
      const last = attempt(producer, `${round}/last`, true).catch(() => {}); // whatever becomes of it
      for (let turn = 0; turn < round * 12; turn++) await new Promise((resolve) => setImmediate(resolve));
      await broker.kill();
      await broker.start();
      await last;
      await producer.disconnect();
    }
    const last = await start(); // its first transaction ends what the killed one left open
    await attempt(last, 'end', true);
    await last.disconnect();
    const seen: string[][] = [];
    for (let partition = 0; partition < PARTITIONS; partition++)
      seen.push((await peek(broker, 'killed', true, 0, partition)).map(({ value }) => value!));
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(new Set(seen[0]).size).toBe(seen[0]!.length);
    for (const value of committed) expect(seen[0]).toContain(value);
    for (const value of seen[0]!) expect(committed.has(value) || unsure.has(value) || value === 'end').toBe(true);
    await broker.kill();
    expect(await verify(broker.data)).toMatchObject({ topics: 1, partitions: PARTITIONS, transactionalIds: 1 });
  });
});
