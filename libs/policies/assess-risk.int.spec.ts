import { ToRules } from '#commands/handlers/rules.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { newId } from '#contracts/ids.js';
import { defaultRetentionRulesPublished } from '#domain/retention/rules.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { assessRisk } from './assess-risk.policy.js';
import { toReaction } from './policy-reaction.js';

let servers: Servers;
let commands: CommandProcess;
const keys = new PersonKeysInMemory();
const processes: CommandProcess[] = [];

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  commands = new CommandProcess(servers.eventStoreUrl, keys);
  await commands.execute(new ToRules({ type: 'PublishRules', ...defaultRetentionRulesPublished }, metaOf()));
});

afterAll(async () => {
  await commands?.close();
  await Promise.all(processes.map((process) => process.close()));
  await servers?.stop();
});

/** A process that knows nothing yet, as after a crash, is given the events in parts of so many. */
async function react(events: Recorded[], size = events.length): Promise<void> {
  const process = new CommandProcess(servers.eventStoreUrl, keys);
  processes.push(process);
  const reaction = toReaction(assessRisk, process.bus, (_, why) => {
    throw why;
  });
  for (let from = 0; from < events.length; from += size) await reaction.react(events.slice(from, from + size));
}

/** A customer to whom so many promises were broken. */
async function disappointed(promises: number): Promise<{ id: string; broken: Recorded[] }> {
  const { id, streamId } = await commands.acquire();
  for (let n = 0; n < promises; n++) {
    const promiseId = newId();
    await commands.toCustomer(id, { type: 'MakePromise', promiseId, what: 'A call back' });
    await commands.toCustomer(id, { type: 'BreakPromise', promiseId });
  }
  return { id, broken: await commands.store.load(streamId) };
}

async function assessmentsOf(id: string): Promise<(Recorded<RapportEvent> & { type: 'ChurnRiskAssessed' })[]> {
  const events = (await commands.store.load(`customer-${id}`)) as Recorded<RapportEvent>[];
  return events.flatMap((event) => (event.type === 'ChurnRiskAssessed' ? [event] : []));
}

describe('the policy that assesses the risk', () => {
  it('assesses once for each event that changes what the rules know, and names it as the cause', async () => {
    const { id, broken } = await disappointed(2);
    await react(broken);
    const assessments = await assessmentsOf(id);
    const causes = broken.filter(({ type }) => type === 'PromiseBroken');
    expect(assessments.map(({ metadata }) => metadata.causationId)).toEqual(causes.map(({ eventId }) => eventId));
    expect(assessments.map(({ data }) => data.factors[0]!.facts!.length)).toEqual([1, 2]);
    expect(assessments[1]).toMatchObject({
      data: { score: 0.2, band: 'low', model: { name: 'rapport-rules', version: '1' } },
      metadata: { customerId: id, actor: { kind: 'policy' }, decidedBy: { policy: 'assess_risk' } },
    });
  });

  it.each([1, 2, 3, 100])('assesses nothing when the same events come again, in parts of %d', async (size) => {
    const { id, broken } = await disappointed(3);
    await react(broken, 2);
    const before = await assessmentsOf(id);
    await react(broken, size);
    await react(broken.slice(-3), size);
    expect(before).toHaveLength(3);
    expect(await assessmentsOf(id)).toEqual(before);
  });

  it('assesses once when two processes are given the same events at once', async () => {
    const { id, broken } = await disappointed(3);
    await Promise.all([react(broken), react(broken, 1)]);
    expect(await assessmentsOf(id)).toHaveLength(3);
  });
});
