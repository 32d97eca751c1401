import { jest } from '@jest/globals';
import type { Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { BUSINESS_EVENTS_TOPIC, CUSTOMER_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { eventsOfCustomers as events, Publishing } from '#testing/publishing.js';
import { recorded } from '#testing/recorded.js';
import { deleteTopics } from '#testing/servers.js';
import { ProcessorStopped } from '../processor.js';
import { askedAgain } from './asked-again.js';
import { publishedSoFar } from './publication.js';

jest.setTimeout(60_000);

let publishing: Publishing;

beforeAll(async () => {
  publishing = await Publishing.start();
});

beforeEach(() => publishing.reset());

afterAll(() => publishing?.stop());

describe('the publisher', () => {
  it('publishes every event once, and those of a customer in order', async () => {
    const mine = publishing.publisher();
    expect(await mine.open()).toBeUndefined();
    await mine.process(events(1, 100), 100n);
    await mine.process([], 120n);
    await mine.process(events(121, 300), 300n);
    await mine.close();
    await publishing.expectPublished([...events(1, 100), ...events(121, 300)]);
    expect(await publishing.mirror()).toBe(300);
    expect(await publishing.publisher().open()).toBe(300n);
  });

  it('makes CloudEvents, keyed by customer, without personal data', async () => {
    const mine = publishing.publisher();
    await mine.open();
    const data = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa' };
    const [base] = events(1, 1);
    const acquired = {
      ...base!,
      type: 'CustomerAcquired',
      data,
      recordedAt: '2026-06-01T12:00:00.000Z',
      metadata: { ...base!.metadata, occurredAt: '1998-06-30T00:00:00Z' },
    } as Recorded;
    const rules = recorded({ type: 'RulesPublished', data: defaultLoyaltyRulesPublished, position: 2n });
    rules.metadata = { ...rules.metadata, subject: { kind: 'rules', id: 'loyalty' }, customerId: undefined };
    await mine.process([acquired, rules], 2n);
    await mine.close();

    const { name: _, ...shared } = data;
    const { metadata } = acquired;
    expect(await publishing.published(1)).toEqual([
      expect.objectContaining({
        key: metadata.customerId,
        data: shared,
        timestamp: acquired.recordedAt,
        headers: {
          ce_specversion: '1.0',
          ce_id: acquired.eventId,
          ce_source: '/rapport',
          ce_type: 'CustomerAcquired',
          ce_subject: acquired.streamId,
          ce_time: '1998-06-30T00:00:00Z',
          ce_dataschema: 'urn:rapport:event:CustomerAcquired:1',
          ce_schemaversion: '1',
          ce_position: '1',
          ce_revision: '0',
          ce_correlationid: metadata.correlationId,
          ce_causationid: metadata.causationId,
          ce_customerid: metadata.customerId,
          'content-type': 'application/json',
        },
      }),
    ]);
    const business = await publishing.published(1, BUSINESS_EVENTS_TOPIC);
    expect(business.map(({ key, id }) => ({ key, id }))).toEqual([{ key: 'loyalty', id: rules.eventId }]);
  });

  it('publishes everything again when the topics are new, as far as PostgreSQL may say it had come', async () => {
    const mine = publishing.publisher();
    await mine.open();
    await mine.process(events(1, 50), 50n);
    await mine.close();
    await deleteTopics(publishing.servers.kafkaBrokers);
    expect(await mine.open()).toBeUndefined();
    await mine.process(events(1, 20), 20n);
    await mine.process(events(21, 50), 50n);
    await mine.close();
    await publishing.expectPublished(events(1, 50));
    expect(await publishing.mirror()).toBe(50);
  });

  it('stops when the topic holds messages and the positions are gone', async () => {
    const mine = publishing.publisher();
    await mine.open();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    await deleteTopic(PUBLISHER_POSITIONS_TOPIC);
    const opening = mine.open();
    await expect(opening).rejects.toThrow(ProcessorStopped);
    await expect(opening).rejects.toThrow('holds no position');
    await mine.close();
    const again = publishing.publisher({ republish: true });
    expect(await again.open()).toBeUndefined();
    await again.process(events(1, 10), 10n);
    await again.close();
    const twice = (await publishing.published(20)).map(({ position }) => Number(position)).sort((a, b) => a - b);
    expect(twice).toEqual(Array.from({ length: 20 }, (_, n) => Math.floor(n / 2) + 1));
    expect(await publishing.publisher().open()).toBe(10n);
  });

  it('stops when the events are gone and the positions are there', async () => {
    const mine = publishing.publisher();
    await mine.open();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    await deleteTopic(CUSTOMER_EVENTS_TOPIC);
    const opening = mine.open();
    await expect(opening).rejects.toThrow(ProcessorStopped);
    await expect(opening).rejects.toThrow(
      /everything up to position 10 .* ends at offset 0 instead of \d .*Restore the topic/,
    );
    await mine.close();
    await deleteTopics(publishing.servers.kafkaBrokers);
    expect(await mine.open()).toBeUndefined();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    await publishing.expectPublished(events(1, 10));
  });

  it('stops when only the topic of other subjects holds messages and the positions are gone', async () => {
    const mine = publishing.publisher();
    await mine.open();
    const rules = recorded({ type: 'RulesPublished', data: defaultLoyaltyRulesPublished, position: 1n });
    rules.metadata = { ...rules.metadata, subject: { kind: 'rules', id: 'loyalty' }, customerId: undefined };
    await mine.process([rules], 1n);
    await mine.close();
    await deleteTopic(PUBLISHER_POSITIONS_TOPIC);
    await expect(mine.open()).rejects.toThrow(`${BUSINESS_EVENTS_TOPIC} holds messages`);
  });

  it('compresses what it sends where it is told to', async () => {
    const mine = publishing.publisher({ settings: { compression: 'gzip' } });
    await mine.open();
    await mine.process(events(1, 300), 300n);
    await mine.close();
    await publishing.expectPublished(events(1, 300));
  });

  it('runs on a topic that is not as declared, and tells what differs', async () => {
    const admin = publishing.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: CUSTOMER_EVENTS_TOPIC, numPartitions: 3 }], waitForLeaders: false });
    // The client's own waiting takes it for an error that a broker has yet to hear of the topic.
    await askedAgain(() => admin.fetchTopicMetadata({ topics: [CUSTOMER_EVENTS_TOPIC] }));
    await admin.disconnect();
    const mine = publishing.publisher();
    await mine.open();
    expect(mine.notice).toBe(
      `${CUSTOMER_EVENTS_TOPIC}: partitions is 3, declared 12; ` +
        `${CUSTOMER_EVENTS_TOPIC}: retention.ms is 604800000, declared -1`,
    );
    await mine.process(events(1, 50), 50n);
    await mine.close();
    await publishing.expectPublished(events(1, 50));
  });

  it('tells with its position where partitions ended, and which personal fields everything was published with', async () => {
    const soFar = () => publishedSoFar(publishing.pool, publishing.storeId);
    const publish = async (fields: string, from: number, to: number) => {
      const personal = PublishedFields.parse(fields);
      const mine = publishing.publisher({ ...(personal && { personal }) });
      await mine.open();
      await mine.process(events(from, to), BigInt(to));
      await mine.close();
    };
    await publish('PromiseMade.what,NeedRecorded.statement', 1, 50);
    expect(await soFar()).toMatchObject({
      position: 50n,
      personal: ['PromiseMade.what', 'NeedRecorded.statement'],
    });
    const { ends } = (await soFar())!;
    const published = await publishing.published(50);
    for (const [partition, end] of ends.entries()) {
      const within = published.filter((event) => event.partition === partition);
      expect(end).toBe(BigInt(within.length));
    }
    // A setting that is taken back, or comes later, does not reach what was published before.
    await publish('NeedRecorded.statement,ContactPointAdded.value', 51, 60);
    expect((await soFar())!.personal).toEqual(['NeedRecorded.statement']);
    await publish('PromiseMade.what,NeedRecorded.statement', 61, 70);
    expect((await soFar())!.personal).toEqual(['NeedRecorded.statement']);
    await publish('none', 71, 80);
    await publish('NeedRecorded.statement', 81, 90);
    expect((await soFar())!.personal).toEqual([]);
  });

  it('stops when the topics were published from another store, or from one that was longer', async () => {
    const mine = publishing.publisher();
    await mine.open();
    await mine.process(events(1, 10), 10n);
    await mine.close();
    const elsewhere = publishing.publisher({ storeId: newId() });
    await expect(elsewhere.open()).rejects.toThrow(`published from event store ${publishing.storeId}`);
    await elsewhere.close();
    publishing.end = 9n;
    await expect(publishing.publisher().open()).rejects.toThrow(ProcessorStopped);
  });
});

async function deleteTopic(topic: string): Promise<void> {
  const admin = publishing.kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}
