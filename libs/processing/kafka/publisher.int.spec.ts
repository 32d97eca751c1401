import { jest } from '@jest/globals';
import type { Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { BUSINESS_EVENTS_TOPIC, PUBLISHER_POSITIONS_TOPIC } from '#contracts/topics.js';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { eventsOfCustomers as events, Publishing } from '#testing/publishing.js';
import { recorded } from '#testing/recorded.js';
import { deleteTopics } from '#testing/servers.js';
import { ProcessorStopped } from '../processor.js';

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
    const admin = publishing.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [PUBLISHER_POSITIONS_TOPIC] });
    await admin.disconnect();
    const opening = mine.open();
    await expect(opening).rejects.toThrow(ProcessorStopped);
    await expect(opening).rejects.toThrow('holds no position');
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
