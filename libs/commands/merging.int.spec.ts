import { jest } from '@jest/globals';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { newId } from '#contracts/ids.js';
import { customer } from '#domain/customer/customer.decider.js';
import type { CustomerState } from '#domain/customer/state.js';
import { RuleViolation } from '#domain/decider.js';
import { finishMerge } from '#policies/finish-merge.policy.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { type AboutPair, ToPair } from './handlers/pair.handler.js';

jest.setTimeout(60_000);

let servers: Servers;
let commands: CommandProcess;
let anna: string;
let ben: string;
let cleo: string;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  commands = new CommandProcess(servers.eventStoreUrl, new PersonKeysInMemory());
});

beforeEach(async () => {
  [anna, ben, cleo] = (await Promise.all([1, 2, 3].map(() => commands.acquire()))).map(({ id }) => id) as [
    string,
    string,
    string,
  ];
});

afterAll(async () => {
  await commands?.close();
  await servers?.stop();
});

const merge = (one: string, other: string, mergeId = newId(), meta = metaOf()) =>
  commands.execute(new ToPair(one, other, { type: 'Merge', mergeId }, meta));

const unmerge = (one: string, other: string, meta = metaOf()) =>
  commands.execute(new ToPair(one, other, { type: 'Unmerge', reason: 'Twins' }, meta));

async function eventsOf(id: string): Promise<Recorded<RapportEvent>[]> {
  return (await commands.store.load(`customer-${id}`, 0)) as Recorded<RapportEvent>[];
}

/** The types of a customer's events after the acquisition. */
async function since(id: string): Promise<string[]> {
  return (await eventsOf(id)).slice(1).map(({ type }) => type);
}

async function stateOf(id: string): Promise<CustomerState> {
  return (await commands.streams.stateOf('customer', id, customer, { fresh: true })).state;
}

/** What the policy does about the last event of a customer; a command that is refused is passed over, as by a worker. */
async function finished(id: string): Promise<void> {
  const last = (await eventsOf(id)).at(-1)!;
  for (const command of finishMerge.react([last])) {
    await commands.execute(command).catch((error: unknown) => {
      if (!(error instanceof RuleViolation)) throw error;
    });
  }
}

async function ruleOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RuleViolation ? error.rule : `no refusal: ${error}`;
}

describe('a merge', () => {
  it('stands on both streams, and answers the position of the second', async () => {
    const { id, position, appended } = await merge(anna, ben);
    expect([await since(anna), await since(ben)]).toEqual([['CustomersMerged'], ['CustomerAbsorbed']]);
    expect({ id, position, appended }).toEqual({
      id: anna,
      position: (await eventsOf(ben)).at(-1)!.position,
      appended: 2,
    });
  });

  it('is one, however often it is sent, and has the first outcome after it was undone', async () => {
    const [mergeId, meta] = [newId(), metaOf()];
    const first = await merge(anna, ben, mergeId, meta);
    expect(await merge(anna, ben, mergeId, meta)).toMatchObject({ revision: first.revision, repeated: true });
    await unmerge(anna, ben);
    expect(await merge(anna, ben, mergeId, meta)).toMatchObject({ revision: first.revision, repeated: true });
    expect(await since(ben)).toEqual(['CustomerAbsorbed', 'CustomersUnmerged']);
  });

  it('leaves no trace when the other refuses from the start', async () => {
    await merge(ben, cleo);
    expect(await ruleOf(merge(anna, ben))).toBe('absorbed-absorbs-nobody');
    expect(await ruleOf(merge(anna, cleo))).toBe('customer-absorbed');
    expect(await ruleOf(merge(cleo, anna))).toBe('customer-absorbed');
    expect(await ruleOf(merge(anna, anna))).toBe('merge-with-another');
    expect(await ruleOf(merge(anna, newId()))).toBe('customer-exists');
    expect(await since(anna)).toEqual([]);
  });

  it('of which a crash left the first half is finished in the name of who began it', async () => {
    const mergeId = newId();
    const actor = { id: 'mai', kind: 'employee' as const };
    const half = { type: 'MergeCustomers' as const, mergeId, survivorId: anna, absorbedId: ben };
    await commands.toCustomer(anna, half, { actor });
    await finished(anna);
    await finished(anna);
    expect([await since(anna), await since(ben)]).toEqual([['CustomersMerged'], ['CustomerAbsorbed']]);
    const [cause, effect] = [(await eventsOf(anna)).at(-1)!, (await eventsOf(ben)).at(-1)!];
    expect(effect.metadata).toMatchObject({
      actor,
      causationId: cause.eventId,
      occurredAt: cause.metadata.occurredAt,
      decidedBy: { policy: 'finish_merge' },
    });
  });

  it('whose second half is refused is undone, and does not come back when it could', async () => {
    const mergeId = newId();
    await commands.toCustomer(anna, { type: 'MergeCustomers', mergeId, survivorId: anna, absorbedId: ben });
    await merge(ben, cleo);
    await finished(anna);
    expect(await since(anna)).toEqual(['CustomersMerged', 'CustomersUnmerged']);
    expect((await eventsOf(anna)).at(-1)!.data).toMatchObject({ reason: expect.stringContaining(cleo) });
    await unmerge(ben, cleo);
    expect(await ruleOf(merge(anna, ben, mergeId))).toBe('merge-undone');
    expect(await since(ben)).toEqual(['CustomersMerged', 'CustomersUnmerged', 'CustomersUnmerged']);
    await merge(anna, ben);
    expect((await since(ben)).at(-1)).toBe('CustomerAbsorbed');
  });

  it('begun from both sides at once has one survivor at the most, and leaves nobody with half of it', async () => {
    const results = await Promise.allSettled([merge(anna, ben), merge(ben, anna), merge(cleo, ben)]);
    const merged = results.filter(({ status }) => status === 'fulfilled').length;
    // By what the streams come to: an undone merge may leave its mark on a customer after another one took it in.
    const states = await Promise.all([anna, ben, cleo].map(stateOf));
    expect(merged).toBeLessThanOrEqual(1);
    expect(states.flatMap(({ absorbs }) => Object.keys(absorbs))).toHaveLength(merged);
    expect(states.filter(({ absorbedBy }) => absorbedBy !== undefined)).toHaveLength(merged);
  });
});

describe('an unmerge', () => {
  it('frees both, who may be merged again', async () => {
    await merge(anna, ben);
    const { position } = await unmerge(anna, ben);
    expect([(await since(anna)).at(-1), (await since(ben)).at(-1)]).toEqual(['CustomersUnmerged', 'CustomersUnmerged']);
    expect(position).toBe((await eventsOf(ben)).at(-1)!.position);
    await merge(ben, anna);
    expect((await since(anna)).at(-1)).toBe('CustomerAbsorbed');
  });

  it('is one, however often it is sent, even after another merge', async () => {
    await merge(anna, ben);
    const meta = metaOf();
    const first = await unmerge(anna, ben, meta);
    await merge(anna, ben);
    expect(await unmerge(anna, ben, meta)).toMatchObject({ revision: first.revision, repeated: true });
    expect((await since(ben)).at(-1)).toBe('CustomerAbsorbed');
  });

  it('of which a crash left the first half is finished', async () => {
    const mergeId = newId();
    await merge(anna, ben, mergeId);
    const pair = { mergeId, survivorId: anna, absorbedId: ben };
    await commands.toCustomer(anna, { type: 'UnmergeCustomers', ...pair, reason: 'Twins' });
    await finished(anna);
    await finished(anna);
    expect(await since(ben)).toEqual(['CustomerAbsorbed', 'CustomersUnmerged']);
  });

  it('is refused for two that are not merged', async () => {
    expect(await ruleOf(unmerge(anna, ben))).toBe('merge-not-found');
  });
});

describe('an absorbed customer', () => {
  it('takes what it buys under its own id, and no change of profile', async () => {
    await merge(anna, ben);
    const { id } = await commands.purchase(ben);
    const [purchased] = (await commands.store.load(`purchase-${id}`, 0)) as Recorded<RapportEvent>[];
    expect(purchased!.metadata.customerId).toBe(ben);
    const update = commands.toCustomer(ben, { type: 'UpdateProfile', name: 'Ben' });
    await expect(update).rejects.toThrow(anna);
    expect(await ruleOf(commands.toCustomer(ben, { type: 'UpdateProfile', name: 'Ben' }))).toBe('customer-absorbed');
  });
});

describe('a dismissed duplicate', () => {
  const dismiss = (one: string, other: string) => {
    const about: AboutPair = { type: 'Dismiss', reason: 'Twins' };
    return commands.execute(new ToPair(one, other, about, metaOf(), 'otherCustomerId'));
  };

  it('is recorded once, and never of oneself or of nobody', async () => {
    await dismiss(anna, ben);
    await dismiss(anna, ben);
    expect(await since(anna)).toEqual(['DuplicateDismissed']);
    expect(await ruleOf(dismiss(anna, anna))).toBe('dismiss-another');
    expect(await ruleOf(dismiss(anna, newId()))).toBe('customer-exists');
  });
});
