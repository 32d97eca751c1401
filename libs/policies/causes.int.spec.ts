import { ToRules } from '#commands/handlers/rules.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { defaultRetentionRulesPublished } from '#domain/retention/rules.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { assessRisk } from './assess-risk.policy.js';
import { earnPoints } from './earn-points.policy.js';
import type { Policy } from './policy.js';
import { toReaction } from './policy-reaction.js';
import { transferPoints } from './transfer-points.policy.js';

let servers: Servers;
let commands: CommandProcess;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
  await commands.publishRules();
  await commands.execute(new ToRules({ type: 'PublishRules', ...defaultRetentionRulesPublished }, metaOf()));
});

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

/** All of it in one batch, as after a pause of the worker. */
async function react(policy: Policy, ...events: Recorded[]): Promise<void> {
  const reaction = toReaction(policy, commands.bus, (_, why) => {
    throw why;
  });
  await reaction.react(events);
}

const causeOf = ({ eventId, metadata }: Recorded) => [eventId, metadata.correlationId];
const becauseOf = ({ type, metadata }: Recorded) => [type, metadata.causationId, metadata.correlationId];

describe('what a policy appends', () => {
  it('of points carries cause and correlation of its own purchase or return, and the version of the rules', async () => {
    const { id } = await commands.acquire();
    const bought = await commands.purchase(id, 15_000);
    await commands.toPurchase(
      bought.id,
      {
        type: 'ReturnPurchase',
        returnId: newId(),
        lines: [{ lineId: '1', quantity: 1, refund: 15_000 }],
        refund: 15_000,
      },
      metaOf(),
    );
    const [purchase, comeBack] = (await commands.store.load(bought.streamId)) as [Recorded, Recorded];
    const [other] = (await commands.store.load((await commands.purchase(id, 500)).streamId)) as [Recorded];
    await react(earnPoints, purchase, comeBack, other);
    const appended = await commands.store.load(`loyalty-${id}`);
    expect(appended.map(becauseOf)).toEqual([
      ['LoyaltyEnrolled', ...causeOf(purchase)],
      ['PointsEarned', ...causeOf(purchase)],
      ['PointsEarned', ...causeOf(other)],
      ['PointsClawedBack', ...causeOf(comeBack)],
    ]);
    expect(appended.map(({ metadata }) => metadata.decidedBy?.rulesVersion)).toEqual([undefined, 1, 1, 1]);
  });

  it('about a loyalty level names who brought it about, and the version of the rules', async () => {
    const { id } = await commands.acquire();
    const streams = [await commands.purchase(id, 15_000), await commands.purchase(id, 500)];
    const events = (await Promise.all(streams.map(({ streamId }) => commands.store.load(streamId)))).flat();
    await react(earnPoints, ...events);
    const upgrade = (await commands.store.load(`loyalty-${id}`)).at(-1)!;
    expect(becauseOf(upgrade)).toEqual(['LoyaltyLevelUpgraded', ...causeOf(events[0]!)]);
    expect(upgrade.metadata.decidedBy).toEqual({ policy: 'earn_points', rulesVersion: 1 });
  });

  it('of risk carries the correlation of each sign, and the version of the rules', async () => {
    const { id, streamId } = await commands.acquire();
    for (const promiseId of [newId(), newId()]) {
      await commands.toCustomer(id, { type: 'MakePromise', promiseId, what: 'A call back' });
      await commands.toCustomer(id, { type: 'BreakPromise', promiseId });
    }
    const events = await commands.store.load(streamId);
    await react(assessRisk, ...events);
    const assessed = (await commands.store.load(streamId)).filter(({ type }) => type === 'ChurnRiskAssessed');
    expect(assessed.map(({ metadata }) => [metadata.causationId, metadata.correlationId])).toEqual(
      events.filter(({ type }) => type === 'PromiseBroken').map(causeOf),
    );
    expect(assessed.map(({ metadata }) => metadata.decidedBy)).toEqual([
      { policy: 'assess_risk', rulesVersion: 1 },
      { policy: 'assess_risk', rulesVersion: 1 },
    ]);
  });

  it('of moving points carries the correlation of each merge, or of its undoing', async () => {
    const [absorbed, survivor] = [await commands.acquire(), await commands.acquire()];
    const pair = { mergeId: newId(), survivorId: survivor.id, absorbedId: absorbed.id };
    await commands.toCustomer(absorbed.id, { type: 'AbsorbCustomer', ...pair });
    await commands.toCustomer(absorbed.id, { type: 'ReleaseCustomer', ...pair, reason: 'Twins' });
    const [, there, back] = await commands.store.load(absorbed.streamId);
    await react(transferPoints, there!, back!);
    const moved = await commands.store.load(`loyalty-${absorbed.id}`);
    expect(moved.filter(({ type }) => type !== 'LoyaltyEnrolled').map(becauseOf)).toEqual([
      ['PointsTransferredOut', ...causeOf(there!)],
      ['PointsTransferredIn', ...causeOf(back!)],
    ]);
  });
});
