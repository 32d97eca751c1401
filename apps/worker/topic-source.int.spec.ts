import { jest } from '@jest/globals';
import { aCustomer } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { type Launched, until } from '#apps/cli/up/testing/launched.js';
import { fedByTopic, fieldsNeededBy } from '#processing/kafka/topic-needs.js';
import { SEGMENTS } from '#processing/segments.js';
import { projections } from '#read-models/projections.js';
import { Buying, expectFolded, sharesOf, TAKEN_OVER_WITHIN_MS } from './testing/shared-views.js';

jest.setTimeout(120_000);

const fed = fedByTopic(projections);
const FROM_KAFKA = { RAPPORT_SOURCE: 'kafka', RAPPORT_PUBLISH_PERSONAL: fieldsNeededBy(fed).join() };

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31', ...FROM_KAFKA });
});

afterAll(async () => {
  await system?.stop();
});

/** Until the workers hold so many segments of each view that the topic feeds. */
async function untilShared(...shares: number[]): Promise<void> {
  for (const { name } of fed) await until(async () => (await sharesOf(system, name)).join() === shares.join());
}

/** A query at the position of an event that has just been appended. */
async function expectAnswered(): Promise<void> {
  const { body } = await system.http.post('/customers', aCustomer());
  const { status } = await system.http.get(`/customers/${body.id}/360?position=${body.position}&settled=true`);
  expect(status).toBe(200);
}

describe('workers that take their views from the events topic', () => {
  const others: Launched[] = [];
  let refused: Launched;

  it('share its partitions while events come in, and queries at a position are answered', async () => {
    refused = system.startAnotherWorker({ RAPPORT_PUBLISH_PERSONAL: 'ContactPointAdded.value' });
    await untilShared(SEGMENTS);
    const buying = new Buying(system);
    others.push(system.startAnotherWorker(), system.startAnotherWorker());
    await untilShared(4, 4, 4);
    await expectAnswered();
    await expectFolded(system, await buying.stop(), projections);
  });

  it('have what one of them had when it is killed, within 10 s, and nothing is lost', async () => {
    const buying = new Buying(system);
    others[0]!.process.kill('SIGKILL');
    const killed = performance.now();
    await untilShared(6, 6);
    await expectAnswered();
    expect(performance.now() - killed).toBeLessThan(TAKEN_OVER_WITHIN_MS);
    await expectFolded(system, await buying.stop(), projections);
  });

  it('leave what they had to one that reads the store, when they stop', async () => {
    const buying = new Buying(system);
    others.push(system.startAnotherWorker({ RAPPORT_SOURCE: 'event-store' }));
    await others.at(-1)!.firstResult();
    const stopped = [system.worker, others[1]!];
    for (const { process } of stopped) process.kill('SIGTERM');
    await Promise.all(stopped.map(({ exit }) => exit));
    await untilShared(SEGMENTS);
    await expectAnswered();
    await expectFolded(system, await buying.stop(), projections);
    others.at(-1)!.process.kill('SIGTERM');
    await others.at(-1)!.exit;
  });

  it('are refused while a field that a view needs is left out of the topic', async () => {
    expect(await refused.exit).toBe(2);
    expect(refused.stderr).toMatch(
      /^RAPPORT_SOURCE is "kafka": customer_360 needs ProspectIdentified\.name, .*RAPPORT_PUBLISH_PERSONAL.*\n$/,
    );
  });
});
