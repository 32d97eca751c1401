import { newId } from '#contracts/ids.js';
import { balanceOn } from '#domain/loyalty/balance.js';
import type { PurchaseChange } from '#domain/loyalty/commands.js';
import { loyalty } from '#domain/loyalty/loyalty.decider.js';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { EarnPoints, ToLoyalty, TransferPoints } from './handlers/loyalty.handler.js';
import type { Transfer } from './loyalty-ledgers.js';

const TODAY = '2026-06-15';
let servers: Servers;
let one: CommandProcess;
let two: CommandProcess;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  const keys = new PersonKeysInMemory();
  one = new CommandProcess(servers.eventStoreUrl, keys);
  two = new CommandProcess(servers.eventStoreUrl, keys);
  await one.publishRules();
});

afterAll(async () => {
  await one?.close();
  await two?.close();
  await servers?.stop();
});

const sourceOf = (amount = 5_000) => ({
  eventId: newId(),
  occurredAt: '2026-06-14T10:00:00Z',
  amount,
  currency: 'USD',
});
type Source = ReturnType<typeof sourceOf>;

function returned(purchase: Source): PurchaseChange {
  const eventId = newId();
  const before = purchase.amount;
  return { eventId, occurredAt: '2026-06-15T09:00:00Z', purchase, before, after: 0, returnId: eventId };
}

async function ledgerOf(customerId: string): Promise<LoyaltyLedger> {
  return (await one.streams.stateOf('loyalty', customerId, loyalty, { fresh: true })).state;
}

const earn = (process: CommandProcess, customerId: string, sources: Source[], changes: PurchaseChange[] = []) =>
  process.execute(new EarnPoints(customerId, sources, metaOf(), changes));

/** Two customers with 50 and 20 points, and the merge of the first into the second. */
async function merging() {
  const [absorbed, survivor] = [(await one.acquire()).id, (await one.acquire()).id];
  const [theirs, own] = [sourceOf(5_000), sourceOf(2_000)];
  await earn(one, absorbed, [theirs]);
  await earn(one, survivor, [own]);
  const merge: Transfer = { mergeId: newId(), fromCustomerId: absorbed, toCustomerId: survivor };
  const back: Transfer = {
    mergeId: newId(),
    fromCustomerId: survivor,
    toCustomerId: absorbed,
    undoes: merge.mergeId,
  };
  const transfer = (process: CommandProcess, ...transfers: Transfer[]) =>
    process.execute(
      new TransferPoints(
        transfers.map((transfer) => ({ transfer, meta: metaOf({ occurredAt: '2026-06-15T08:00:00Z' }) })),
      ),
    );
  const balances = async () => [balanceOn(await ledgerOf(absorbed), TODAY), balanceOn(await ledgerOf(survivor), TODAY)];
  return { absorbed, survivor, theirs, merge, back, transfer, balances };
}

describe('the points of merged customers', () => {
  it('are waited for until they have arrived: the outcome tells the position of the arrival', async () => {
    const { survivor, merge, transfer } = await merging();
    const { position, appended } = await transfer(one, merge);
    const arrival = (await one.store.load(`loyalty-${survivor}`)).at(-1)!;
    expect({ type: arrival.type, position, appended }).toEqual({
      type: 'PointsTransferredIn',
      position: arrival.position,
      appended: 2,
    });
  });
  it('move once, however often the transfer is sent', async () => {
    const { merge, transfer, balances } = await merging();
    await transfer(one, merge);
    await transfer(two, merge);
    expect(await balances()).toEqual([0, 70]);
  });

  it('of a purchase that was offered again to its own customer are not earned again, and of a new one go to the survivor', async () => {
    const { absorbed, merge, theirs, transfer, balances } = await merging();
    await transfer(one, merge);
    const later = sourceOf(1_000);
    await earn(two, absorbed, [theirs, later]);
    await earn(one, absorbed, [theirs, later]);
    expect(await balances()).toEqual([0, 80]);
  });

  it('are claimed from the survivor when a purchase of the absorbed customer comes back, once', async () => {
    const { absorbed, merge, theirs, transfer, balances } = await merging();
    await transfer(one, merge);
    const back = returned(theirs);
    await earn(one, absorbed, [], [back]);
    await earn(two, absorbed, [], [back]);
    expect(await balances()).toEqual([0, 20]);
  });

  it('had left and not arrived when the process died: what concerns them brings them there first', async () => {
    const { absorbed, survivor, merge, theirs, transfer, balances } = await merging();
    const append = two.store.append.bind(two.store);
    two.store.append = async (streamId, ...rest) => {
      if (streamId === `loyalty-${survivor}`) throw new Error('The process died.');
      return append(streamId, ...rest);
    };
    await expect(transfer(two, merge)).rejects.toThrow('died');
    two.store.append = append;
    expect(await balances()).toEqual([0, 20]);
    await earn(one, absorbed, [], [returned(theirs)]);
    expect(await balances()).toEqual([0, 20]);
    await transfer(one, merge);
    expect(await balances()).toEqual([0, 20]);
    expect((await ledgerOf(survivor)).deficit).toBe(0);
  });

  it('return when the two are two again: what is left of them', async () => {
    const { absorbed, survivor, merge, back, transfer, balances } = await merging();
    await transfer(one, merge);
    const redemptionId = newId();
    await one.execute(new ToLoyalty(survivor, { type: 'RedeemPoints', redemptionId, points: 30 }, metaOf()));
    await transfer(one, back);
    await transfer(two, back);
    const [absorbedHas, survivorHas] = await balances();
    expect(absorbedHas! + survivorHas!).toBe(40);
    await earn(one, absorbed, [sourceOf(1_000)]);
    expect((await balances())[0]).toBe(absorbedHas! + 10);
  });

  it('that were earned while they were one return too, and are claimed there', async () => {
    const { absorbed, survivor, merge, back, transfer, balances } = await merging();
    await transfer(one, merge);
    const [later, returnedMeanwhile] = [sourceOf(50_000), sourceOf(3_000)];
    await earn(one, absorbed, [later, returnedMeanwhile]);
    const claim = returned(returnedMeanwhile);
    await earn(one, absorbed, [], [claim]);
    const redeem = { type: 'RedeemPoints' as const, redemptionId: newId(), points: 520 };
    await one.execute(new ToLoyalty(survivor, redeem, metaOf({ occurredAt: '2026-06-15T09:30:00Z' })));
    await transfer(one, back);
    const [absorbedHas, survivorHas] = await balances();
    expect(absorbedHas! + survivorHas!).toBe(50);
    // Offered again, as after a crash.
    await earn(two, absorbed, [later, returnedMeanwhile], [claim]);
    expect(await balances()).toEqual([absorbedHas, survivorHas]);
    await earn(two, absorbed, [], [returned(later)]);
    expect(await balances()).toEqual([absorbedHas! - 500, survivorHas]);
  });

  it('go to the customer whose purchase it was when the merge was undone while they were on their way', async () => {
    const { absorbed, survivor, merge, back, transfer, balances } = await merging();
    await transfer(one, merge);
    const append = two.store.append.bind(two.store);
    two.store.append = async (streamId, ...rest) => {
      two.store.append = append;
      await transfer(one, back);
      return append(streamId, ...rest);
    };
    await earn(two, absorbed, [sourceOf(1_000)]);
    expect(await balances()).toEqual([60, 20]);
    expect((await one.store.load(`loyalty-${survivor}`)).filter(({ type }) => type === 'PointsEarned')).toHaveLength(1);
  });

  it('are claimed where they were earned, if that was before lots named their merge', async () => {
    const { absorbed, survivor, merge, back, transfer, balances } = await merging();
    await transfer(one, merge);
    const later = sourceOf(4_000);
    await earn(one, survivor, [later]);
    await transfer(one, back);
    expect(await balances()).toEqual([50, 60]);
    const change = returned(later);
    await earn(two, absorbed, [], [change]);
    await earn(one, absorbed, [], [change]);
    expect(await balances()).toEqual([50, 20]);
  });

  it('cannot be spent by the absorbed customer any more', async () => {
    const { absorbed, survivor, merge, transfer } = await merging();
    await transfer(one, merge);
    const redeem = new ToLoyalty(absorbed, { type: 'RedeemPoints', redemptionId: newId(), points: 1 }, metaOf());
    await expect(one.execute(redeem)).rejects.toMatchObject({
      rule: 'loyalty-ledger-moved',
      message: expect.stringContaining(survivor),
    });
  });
});

describe('a customer who has more purchases in a batch than an append holds', () => {
  it('earns for all of them, and what came back is claimed after it was earned', async () => {
    const { id } = await one.acquire();
    const sources = Array.from({ length: 1_201 }, () => sourceOf(100));
    const command = new EarnPoints(id, sources, metaOf(), [returned(sources[1_200]!)]);
    await one.execute(command);
    const end = await one.store.end();
    expect(balanceOn(await ledgerOf(id), TODAY)).toBe(1_200);
    await two.execute(command);
    expect(await one.store.end()).toBe(end);
  });
});
