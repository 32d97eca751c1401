import { type Admin, Kafka, logLevel } from 'kafkajs';
import {
  BUSINESS_EVENTS_TOPIC,
  CUSTOMER_360_TOPIC,
  CUSTOMER_EVENTS_TOPIC,
  LOYALTY_LEVEL_TOPIC,
  PUBLISHER_POSITIONS_TOPIC,
} from '#contracts/topics.js';
import { type Servers, startServers } from '#testing/servers.js';
import { createMissingTopics, differencesOf, inspectTopics } from './topic-administration.js';

let servers: Servers;
let admin: Admin;

beforeAll(async () => {
  servers = await startServers({ only: ['kafka'] });
  admin = new Kafka({ brokers: servers.kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});

afterAll(async () => {
  await admin?.disconnect();
  await servers?.stop();
});

describe('the topics', () => {
  it('are missing, are made as declared, and are made once', async () => {
    expect(differencesOf(await inspectTopics(admin, {}))).toEqual([
      `${CUSTOMER_EVENTS_TOPIC}: it is missing`,
      `${BUSINESS_EVENTS_TOPIC}: it is missing`,
      `${CUSTOMER_360_TOPIC}: it is missing`,
      `${LOYALTY_LEVEL_TOPIC}: it is missing`,
      `${PUBLISHER_POSITIONS_TOPIC}: it is missing`,
    ]);
    const settings = { replicationFactor: 1, minInsyncReplicas: 1 };
    expect(await createMissingTopics(admin, settings)).toEqual([
      CUSTOMER_EVENTS_TOPIC,
      BUSINESS_EVENTS_TOPIC,
      CUSTOMER_360_TOPIC,
      LOYALTY_LEVEL_TOPIC,
      PUBLISHER_POSITIONS_TOPIC,
    ]);
    expect(await createMissingTopics(admin, settings)).toEqual([]);
    const reports = await inspectTopics(admin, settings);
    expect(differencesOf(reports)).toEqual([]);
    expect(reports[0]).toEqual({
      topic: CUSTOMER_EVENTS_TOPIC,
      exists: true,
      partitions: 12,
      replicationFactor: 1,
      configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'min.insync.replicas': '1' },
      differences: [],
    });
  });

  it('that are not as declared are told of, and left as they are', async () => {
    const declared = [
      { topic: 'rapport.spec', partitions: 3, configs: { 'cleanup.policy': 'compact', 'retention.ms': '-1' } },
    ];
    const asMade = { topic: 'rapport.spec', partitions: 2, configs: { 'cleanup.policy': 'compact' } };
    await createMissingTopics(admin, {}, [asMade]);
    const settings = { replicationFactor: 3, minInsyncReplicas: 2 };
    const differences = [
      'rapport.spec: partitions is 2, declared 3',
      'rapport.spec: retention.ms is 604800000, declared -1',
      'rapport.spec: min.insync.replicas is 1, declared 2',
      'rapport.spec: replication factor is 1, declared 3',
    ];
    expect(differencesOf(await inspectTopics(admin, settings, declared))).toEqual(differences);
    expect(await createMissingTopics(admin, settings, declared)).toEqual([]);
    expect(differencesOf(await inspectTopics(admin, settings, declared))).toEqual(differences);
  });
});
