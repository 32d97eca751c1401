import { Kafka, logLevel } from 'kafkajs';
import { Pool, type PoolClient } from 'pg';
import { PostgresInbox } from '../postgres-inbox.js';
import { Subscriber } from '../subscriber.js';

/** A subscriber in a process of its own, for a spec to kill: each event adds one row, and one to its customer's count. */
const { SPEC_BROKERS = '', SPEC_DATABASE = '', SPEC_GROUP = '', SPEC_TOPIC = '' } = process.env;

const pool = new Pool({ connectionString: SPEC_DATABASE });
// An idle connection breaks when the database goes away; the next use tells.
pool.on('error', () => {});
const inbox = new PostgresInbox(pool, SPEC_GROUP);
await inbox.prepare();

const subscriber = new Subscriber<PoolClient>({
  kafka: new Kafka({ brokers: SPEC_BROKERS.split(','), logLevel: logLevel.NOTHING }),
  groupId: SPEC_GROUP,
  topic: SPEC_TOPIC,
  inbox,
  consumer: { sessionTimeout: 6_000, heartbeatInterval: 500 },
  handlers: {
    LoyaltyEnrolled: async ({ id, position }, { client, key }) => {
      await client.query('insert into effects (event_id, key, position) values ($1, $2, $3)', [id, key, position]);
      await client.query('update customers set events = events + 1 where key = $1', [key]);
    },
  },
});

process.once('SIGTERM', () => {
  void subscriber.stop();
});
await subscriber.start();
await subscriber.ended;
await pool.end();
