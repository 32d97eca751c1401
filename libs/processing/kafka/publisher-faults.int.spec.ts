import { jest } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import type { Recorded } from '#contracts/envelope.js';
import { eventsOfCustomers as events, Publishing } from '#testing/publishing.js';
import { until } from '#testing/spec-worker.js';
import { Checkpoint } from '../checkpoints.js';
import { LeaseHeld } from '../processor.js';
import { Runner } from '../runner.js';

const LIMIT_MS = 60_000;

jest.setTimeout(LIMIT_MS);

let publishing: Publishing;

beforeAll(async () => {
  publishing = await Publishing.start();
});

beforeEach(() => publishing.reset());

afterAll(() => publishing?.stop());

describe('the publisher', () => {
  it('runs in one worker, and goes on in another when that one ends', async () => {
    const both = [publishing.publisher(), publishing.publisher()];
    const opened = await Promise.allSettled(both.map((one) => one.open()));
    const [mine, other] = opened[0]!.status === 'fulfilled' ? both : both.toReversed();
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(opened).toContainEqual({ status: 'rejected', reason: expect.any(LeaseHeld) });
    await mine!.process(events(1, 50), 50n);
    await mine!.close();
    expect(await other!.open()).toBe(50n);
    await other!.process(events(51, 80), 80n);
    await other!.close();
    await publishing.expectPublished(events(1, 80));
  });

  it('goes on after what Kafka committed when it died before the mirror was moved', async () => {
    class Dying extends Checkpoint {
      override async advance(...[client, held, to, ...more]: Parameters<Checkpoint['advance']>) {
        if (to === 50n) throw new Error('The process died here.');
        return super.advance(client, held, to, ...more);
      }
    }
    const dying = publishing.publisher({
      checkpoint: new Dying(publishing.pool, 'publisher', publishing.storeId),
    });
    await dying.open();
    await expect(dying.process(events(1, 50), 50n)).rejects.toThrow('died here');
    await dying.close();
    expect(await publishing.mirror()).toBeNull();
    const next = publishing.publisher();
    expect(await next.open()).toBe(50n);
    expect(await publishing.mirror()).toBe(50);
    await next.process(events(51, 60), 60n);
    await next.close();
    await publishing.expectPublished(events(1, 60));
  });

  it('is fenced when it lost its lease and does not know it: nothing that it sends is seen', async () => {
    const mine = publishing.publisher();
    await mine.open();
    await mine.process(events(1, 50), 50n);
    const other = publishing.publisher();
    expect(await publishing.takeOver(other)).toBe(50n);
    await expect(mine.process(events(51, 70), 70n)).rejects.toThrow();
    expect(await publishing.mirror()).toBe(50);
    await other.process(events(51, 60), 60n);
    await expect(mine.process(events(61, 70), 70n)).rejects.toThrow();
    await mine.close();
    await other.close();
    await publishing.expectPublished(events(1, 60));
  });

  it('sends each event once, wherever it stands in a batch when another worker takes over', async () => {
    let mine = publishing.publisher();
    let position = (await mine.open()) ?? 0n;
    for (let round = 0; round < 6; round += 1) {
      const through = position + 100n;
      // Large enough for several requests.
      const batch = events(Number(position) + 1, Number(through)).map((event) => ({
        ...event,
        data: { note: 'x'.repeat(20_000) },
      }));
      const stale = mine;
      let racing: Promise<void> | undefined;
      const race = async () => {
        for (let turn = 0; turn < round * 4; turn += 1) await new Promise(setImmediate);
        await stale.process(batch, through).catch(() => {});
      };
      // It begins before the other one opens, or just before that one fences it, a little later each round.
      if (round % 2 === 0) racing = race();
      const producer: Kafka['producer'] = (config) => {
        racing ??= race();
        return publishing.kafka.producer(config);
      };
      const kafka = Object.assign(Object.create(publishing.kafka) as Kafka, { producer });
      const other = publishing.publisher({ kafka });
      const taken = (await publishing.takeOver(other)) ?? 0n;
      expect([position, through]).toContain(taken);
      await racing;
      await mine.close();
      [mine, position] = [other, taken];
    }
    await mine.process(events(Number(position) + 1, 610), 610n);
    await mine.close();
    await publishing.expectPublished(events(1, 610));
  });

  it('does not take the messages of a first batch that was aborted for published events', async () => {
    const mine = publishing.publisher();
    await mine.open();
    const [small, huge] = events(1, 2);
    const tooLarge = { ...huge!, data: { note: 'x'.repeat(2_000_000) } } as unknown as Recorded;
    await expect(mine.process([small!, tooLarge], 2n)).rejects.toThrow();
    await mine.close();
    expect(await publishing.published()).toEqual([]);
    expect(await publishing.recordsInTopic()).toBeGreaterThan(0);
    const next = publishing.publisher();
    expect(await next.open()).toBeUndefined();
    await next.process(events(1, 2), 2n);
    await next.close();
    await publishing.expectPublished(events(1, 2));
  });

  it('loses nothing and repeats nothing when the broker dies under it, again and again', async () => {
    const log = events(1, 3_000);
    let delivered = 0;
    const runner: Runner = new Runner(publishing.publisher(), pino({ level: 'silent' }), {
      opened: () => runner.deliver(log.slice(0, delivered), BigInt(delivered)),
      drained: () => {},
      left: () => {},
    });
    runner.start();
    await until(() => runner.isRunning, LIMIT_MS);
    for (const killAt of [200, 1_500, 2_900]) {
      const stop = delivered + 1_000;
      while (delivered < stop) {
        delivered += 20;
        runner.deliver(log.slice(delivered - 20, delivered), BigInt(delivered));
        if (delivered === killAt) publishing.servers.kill('kafka');
        // As they come from the store: in small deliveries, while earlier ones are published.
        await new Promise(setImmediate);
      }
      await until(() => runner.position === BigInt(stop), LIMIT_MS);
    }
    await runner.close();
    await publishing.expectPublished(log);
  });
});
