import 'reflect-metadata';
import { newId } from '#contracts/ids.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import { connect } from '#event-store/event-store.js';
import type { PersonKeys } from '#event-store/person-keys.js';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import { createPool } from '#platform/database/pool.js';
import type { Logger } from '#platform/logger.js';
import { type Running, runProgram } from '#platform/process/program.js';
import { requireSettings, type Settings } from '#platform/settings.js';
import { Checkpoint } from '#processing/checkpoints.js';
import { Engine } from '#processing/engine.js';
import { createKafka } from '#processing/kafka/kafka-client.js';
import { watchProduceRequests } from '#processing/kafka/lean-produce.js';
import { PublisherProcessor } from '#processing/kafka/publisher-processor.js';
import { Leases } from '#processing/leases.js';
import { Heartbeat } from '../heartbeat.js';

const refuse = () => Promise.reject(new Error('What the specs append holds no personal data.'));
/** Not those in memory that other specs have: they come with all commands, and this starts again and again. */
const NO_KEYS: PersonKeys = { get: async () => new Map(), makeOrGet: refuse, destroy: refuse };

// A worker that only publishes, for specs that kill it: it says on standard output when it opened and when it sends
// events, which is when its transaction is open.
await runProgram('publisher', start);

async function start(given: Settings, logger: Logger): Promise<Running> {
  const settings = requireSettings(given, 'eventStoreUrl', 'kafkaBrokers', 'databaseUrl');
  const pool = createPool(settings.databaseUrl);
  const store = connect(settings.eventStoreUrl, new PersonalDataCipher(NO_KEYS));
  const leases = new Leases(settings.databaseUrl);
  const storeId = await store.storeId(newId());
  const publisher = new PublisherProcessor(
    createKafka(settings.kafkaBrokers, settings.kafka, 'rapport-publisher', logger),
    storeId,
    pool,
    new Checkpoint(pool, 'publisher', storeId),
    leases,
    () => store.end(),
    { settings: settings.kafka, republish: settings.republish },
  );
  watchProduceRequests(({ topicData }) => {
    if (topicData.some(({ topic }) => topic === CUSTOMER_EVENTS_TOPIC)) tell({ sending: true });
  });
  const open = publisher.open.bind(publisher);
  publisher.open = async () => {
    const position = await open();
    tell({ opened: position?.toString() ?? null });
    return position;
  };
  const engine = new Engine(store, [publisher], logger);
  const heartbeat = new Heartbeat(pool, engine.runners, settings.workerId ?? newId());
  engine.start();
  await heartbeat.start();
  return {
    ready: {},
    async close() {
      await engine.close();
      await heartbeat.stop();
      await leases.close();
      await store.close();
      await pool.end();
    },
  };
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
