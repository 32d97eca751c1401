import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { aComplaint, aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import type { Projection } from '#processing/projection.js';
import { projections } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { eventsOfStore, folded, storedRows } from '#testing/folding.js';

jest.setTimeout(180_000);

const TO_DIE = pathToFileURL(join(DIST, 'libs/testing/dies-at.js')).href;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
});

afterAll(async () => {
  await system?.stop();
});

/** Two customers who buy, one of whom complains; resolves with one of them. */
async function business(): Promise<string> {
  const send = async (path: string, body: object) => {
    const answer = await system.http.post(path, body);
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const [one, other] = await Promise.all([send('/customers', aCustomer()), send('/customers', aCustomer())]);
  for (const id of [one, other, one]) await send(`/customers/${id}/purchases`, aPurchase(10_000));
  await send(`/customers/${other}/complaints`, aComplaint());
  return one;
}

/** Every row of every view, beside what the events come to without batches, checkpoints and crashes. */
async function expectFolded(customer: string): Promise<void> {
  // The second time for what policies made of what policies had appended.
  for (let times = 0; times < 2; times += 1) {
    expect((await system.http.get(`/customers/${customer}/360?settled=true`)).status).toBe(200);
  }
  const { body } = await system.http.get(`/customers/${customer}/360?settled=true`);
  expect(body).toMatchObject({ purchases: 2 });
  const events = await eventsOfStore(system.store);
  for (const projection of projections as Projection<object>[]) {
    expect(await storedRows(system.pool, projection)).toEqual(folded(projection, events));
  }
}

const WRITE = 'insert into views\\.customer_360';
const ADVANCE = 'update views\\.checkpoints as c set position';

describe.each([
  ['before it writes the rows of a batch', `before 2 ${WRITE}`],
  ['between the checkpoint and the rows of a batch', `after 5 ${ADVANCE}`],
  ['when rows and checkpoint are written and not committed', `after 1 ${WRITE}`],
  ['when a batch is committed and it does not know it yet', 'after 6 ^commit$'],
  ['while it inserts into a view that is only added to', 'after 1 insert into views\\.history'],
  ['when a policy has sent its commands and not stored how far it is', 'before 4 update ops\\.checkpoints'],
  ['when it has taken leases and has yet to fence off whom it takes over from', 'after 3 pg_try_advisory_lock'],
  ['in the middle of a take-over, when some epochs have risen', 'after 3 update views\\.checkpoints as c set epoch'],
])('a worker that is killed %s', (_, diesAt) => {
  it('leaves nothing lost and nothing twice for the next one', async () => {
    system.worker.process.kill('SIGKILL');
    await system.worker.exit;
    const dying = system.startAnotherWorker({ NODE_OPTIONS: `--import ${TO_DIE}`, RAPPORT_SPEC_DIES_AT: diesAt });
    let exit: unknown;
    void dying.exit.then((how) => {
      exit = how;
    });
    // Until it has come to the statement: what is there when it starts may be one batch.
    let customer = await business();
    while (exit === undefined) customer = await business();
    expect(exit).toBe('SIGKILL');
    await system.replaceWorker();
    await expectFolded(customer);
  });
});

/** Where the topic of customer events ends, by partition. */
async function endsOfTopic(): Promise<string[]> {
  const admin = new Kafka({ brokers: system.servers.kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(CUSTOMER_EVENTS_TOPIC);
    return offsets.map(({ partition, high }) => `${partition}: ${high}`).sort();
  } finally {
    await admin.disconnect();
  }
}

it('the schema of the views may be dropped: the same rows come again, and nothing is appended or published for it', async () => {
  const customer = await business();
  await expectFolded(customer);
  const before = await Promise.all(projections.map((projection) => storedRows(system.pool, projection)));
  const [end, ends] = [await system.store.end(), await endsOfTopic()];
  await system.restartWorker(() => system.pool.query('drop schema views cascade'));
  await expectFolded(customer);
  expect(await Promise.all(projections.map((projection) => storedRows(system.pool, projection)))).toEqual(before);
  expect(await system.store.end()).toBe(end);
  expect(await endsOfTopic()).toEqual(ends);
});
