import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itOn, smallDisk } from '#testing/small-disk.js';
import { readAll, TestBroker } from './spec-support.js';

const disk = smallDisk(mkdtempSync(join(tmpdir(), 'embedded-kafka-')));

afterAll(() => disk.remove());

itOn(disk)('on a full disk it stops and says so; what was acknowledged is there when there is room', async () => {
  const broker = new TestBroker();
  let sent = 0;
  const sendUntil = async (count: number, retries: number) => {
    const producer = broker.kafka(retries).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    try {
      while (sent < count) {
        await producer.send({ topic: 't', messages: [{ value: String(sent).padEnd(50_000) }] });
        sent += 1;
      }
    } finally {
      await producer.disconnect();
    }
  };
  await broker.start(disk.folder);
  await expect(sendUntil(Number.POSITIVE_INFINITY, 2)).rejects.toThrow();
  expect(await broker.stop()).toBe(1);
  expect(broker.stderr).toContain('a write to its data folder failed');
  const acknowledged = sent;
  expect(acknowledged).toBeGreaterThan(10);

  disk.grow();
  await broker.start(disk.folder);
  await sendUntil(acknowledged + 1, 10);
  const isLast = (value: Buffer | null) => Number(value) === acknowledged;
  const messages = await readAll(broker.kafka(), 't', (read) => isLast(read.at(-1)!.message.value));
  const values = messages.map(({ message }) => Number(message.value));
  // One more may have reached the disk: the answer was never sent.
  expect([...new Set(values)]).toEqual(Array.from({ length: acknowledged + 1 }, (_, n) => n));
  expect(values.length).toBeLessThanOrEqual(acknowledged + 2);
  await broker.stop();
});
