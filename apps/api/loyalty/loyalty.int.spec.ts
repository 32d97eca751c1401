import { derivedId, newId } from '#contracts/ids.js';
import type { LedgerPage } from '#read-models/loyalty-level/loyalty-ledger.query.js';
import type { LoyaltyOnDay } from '#read-models/loyalty-level/loyalty-on-day.js';
import type { CommandBody, ProblemBody } from '../testing/http-client.js';
import { aCustomer, aPurchase } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

/** Far enough ahead that points earned in between expire after they are recorded: their deadlines pass at once. */
const TODAY = '2035-01-01';
let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: TODAY });
});
afterAll(() => system?.stop());

async function newCustomer(): Promise<string> {
  return (await system.http.post('/customers', aCustomer())).body.id;
}

async function buy(customer: string, total: number, occurredAt = '2034-12-01T10:00:00Z'): Promise<string> {
  return (await system.http.post(`/customers/${customer}/purchases`, aPurchase(total, { occurredAt }))).body.id;
}

async function accepted<Body extends object = CommandBody>(path: string, body: object): Promise<Body> {
  const answer = await system.http.post<Body>(path, body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.body;
}

async function loyaltyOf(customer: string, query = ''): Promise<LoyaltyOnDay> {
  return (await system.http.get<LoyaltyOnDay>(`/customers/${customer}/loyalty?settled=true${query}`)).body;
}

async function ledgerOf(customer: string, query = ''): Promise<LedgerPage> {
  return (await system.http.get<LedgerPage>(`/customers/${customer}/loyalty/ledger?settled=true${query}`)).body;
}

const typesOf = async (stream: string) => (await system.store.load(stream)).map(({ type }) => type);

describe('points', () => {
  it('are spent first-expiring first, and the answer names the lots', async () => {
    const customer = await newCustomer();
    await buy(customer, 5_000, '2034-12-02T10:00:00Z');
    // Two in one batch would be recorded in the order in which they happened.
    await loyaltyOf(customer);
    await buy(customer, 3_000, '2034-11-02T10:00:00Z');
    const { lots, balance, nextExpiry } = await loyaltyOf(customer);
    expect([balance, nextExpiry]).toEqual([80, { expiresOn: '2035-11-03', points: 30 }]);
    const redeemed = await accepted<CommandBody & { redemptionId: string; allocations: object[] }>(
      `/customers/${customer}/loyalty/redeem`,
      { points: 40, reward: 'A cinema ticket' },
    );
    expect(redeemed.allocations).toEqual([
      { lotId: lots[0]!.lotId, points: 30 },
      { lotId: lots[1]!.lotId, points: 10 },
    ]);
    expect((await loyaltyOf(customer)).balance).toBe(40);
    await accepted(`/customers/${customer}/loyalty/reverse`, { redemptionId: redeemed.redemptionId, reason: 'Unused' });
    expect((await loyaltyOf(customer)).balance).toBe(80);
    const { entries } = await ledgerOf(customer);
    expect(entries.map(({ kind, points }) => [kind, points])).toEqual([
      ['earned', 50],
      ['earned', 30],
      ['redeemed', -40],
      ['reversed', 40],
    ]);
    const page = await ledgerOf(customer, '&after=1&limit=2');
    expect([page.entries, page.next]).toEqual([entries.slice(1, 3), 3]);
  });

  it('that are more than the balance are refused', async () => {
    const customer = await newCustomer();
    const { status, body } = await system.http.post<ProblemBody>(`/customers/${customer}/loyalty/redeem`, {
      points: 1,
    });
    expect([status, body.rule, body.field]).toEqual([409, 'redeem-within-balance', 'points']);
  });

  it('of a redemption that is sent again are spent once, and the answer is the first', async () => {
    const customer = await newCustomer();
    await buy(customer, 5_000);
    await loyaltyOf(customer);
    const key = { 'idempotency-key': newId() };
    const path = `/customers/${customer}/loyalty/redeem`;
    const first = await system.http.post(path, { points: 20 }, key);
    expect(await system.http.post(path, { points: 20 }, key)).toMatchObject({ status: 200, body: first.body });
    expect((await loyaltyOf(customer)).balance).toBe(30);
  });

  it('are given and taken by hand, and so is a level', async () => {
    const customer = await newCustomer();
    const adjust = `/customers/${customer}/loyalty/adjust`;
    await accepted(adjust, { points: 70, expiresOn: '2035-06-01', reason: 'For the long wait' });
    await accepted(adjust, { points: -20, reason: 'Given twice' });
    await accepted(`/customers/${customer}/loyalty/set-level`, { loyaltyLevel: 'vip', reason: 'Moved here' });
    const { balance, loyaltyLevel, standing } = await loyaltyOf(customer);
    expect([balance, loyaltyLevel, standing.qualifyingPoints]).toEqual([50, 'vip', 0]);
    expect((await ledgerOf(customer)).levelsSet).toEqual([{ loyaltyLevel: 'vip', on: TODAY }]);
  });

  it('that expired after they had been recorded are told to be lost, by a timer', async () => {
    const customer = await newCustomer();
    await buy(customer, 5_000, '2033-01-01T10:00:00Z');
    await buy(customer, 7_000, '2033-02-01T10:00:00Z');
    // Each announcement sets the deadline of the next.
    for (let announced = 0; announced < 2; announced += 1) await loyaltyOf(customer);
    expect((await loyaltyOf(customer)).balance).toBe(0);
    const expired = (await system.store.load(`loyalty-${customer}`)).filter(({ type }) => type === 'PointsExpired');
    expect(expired.map(({ data, metadata }) => [(data as { points: number }).points, metadata.occurredAt])).toEqual([
      [50, '2034-01-02T00:00:00Z'],
      [70, '2034-02-02T00:00:00Z'],
    ]);
    expect(expired[0]!.metadata.decidedBy).toEqual({ policy: 'pointsExpiry', rulesVersion: 1 });
  });
});

describe('a purchase', () => {
  it('is costed, delivered and paid for, each under its id once', async () => {
    const purchase = await buy(await newCustomer(), 5_000);
    const line = { lineId: '1', quantity: 2 };
    await accepted(`/purchases/${purchase}/costs`, { lines: [{ lineId: '1', unitCost: '10.50' }] });
    const fulfilmentId = newId();
    await accepted(`/purchases/${purchase}/fulfilments`, { fulfilmentId, lines: [line] });
    await accepted(`/purchases/${purchase}/payments`, { amount: 5_000 });
    const again = { fulfilmentId, lines: [{ ...line, quantity: 1 }] };
    const refused = await system.http.post<ProblemBody>(`/purchases/${purchase}/fulfilments`, again);
    expect([refused.status, refused.body.rule]).toEqual([409, 'fulfilment-once']);
    expect(await typesOf(`purchase-${purchase}`)).toEqual([
      'CustomerPurchased',
      'PurchaseCosted',
      'PurchaseFulfilled',
      'PaymentReceived',
    ]);
  });

  it('has nothing come of it before it was made, and no correction to what stands', async () => {
    const purchase = await buy(await newCustomer(), 5_000, '2034-12-01T10:00:00Z');
    const half = { lines: [{ lineId: '1', quantity: 1, refund: 2_500 }], refund: 2_500 };
    const early = { ...half, occurredAt: '2034-08-01T10:00:00Z' };
    const refused = await system.http.post<ProblemBody>(`/purchases/${purchase}/returns`, early);
    expect(refused).toMatchObject({ status: 422, body: { rule: 'purchase-dates-in-order', field: 'occurredAt' } });
    const { currency: _, ...after } = aPurchase(5_000);
    await accepted(`/purchases/${purchase}/correct`, { after, reason: 'Checked' });
    expect(await typesOf(`purchase-${purchase}`)).toEqual(['CustomerPurchased']);
  });

  it('is addressed by its order number too, and one that nobody recorded does not exist', async () => {
    const externalOrderId = { system: 'shop', id: newId() };
    await system.http.post(`/customers/${await newCustomer()}/purchases`, aPurchase(100, { externalOrderId }));
    await accepted(`/purchases/shop:${externalOrderId.id}/payments`, { amount: 100 });
    const missing = await system.http.post<ProblemBody>(`/purchases/${newId()}/cancel`, {});
    expect([missing.status, missing.body.rule]).toEqual([404, 'purchase-recorded']);
  });

  it('that comes back part by part takes its points and the loyalty level back', async () => {
    const customer = await newCustomer();
    const purchase = await buy(customer, 30_001);
    expect((await loyaltyOf(customer)).loyaltyLevel).toBe('preferred');
    const half = { lines: [{ lineId: '1', quantity: 1, refund: 15_000 }], refund: 15_000 };
    await accepted(`/purchases/${purchase}/returns`, half);
    expect(await loyaltyOf(customer)).toMatchObject({ balance: 150, loyaltyLevel: 'loyal' });
    await accepted(`/purchases/${purchase}/returns`, half);
    expect(await loyaltyOf(customer)).toMatchObject({ balance: 0, deficit: 0, loyaltyLevel: 'member', lots: [] });
    expect(await loyaltyOf(customer, '&effectiveAt=2034-12-31')).toMatchObject({ loyaltyLevel: 'preferred' });
    expect(await typesOf(`loyalty-${customer}`)).toEqual([
      'LoyaltyEnrolled',
      'PointsEarned',
      'LoyaltyLevelUpgraded',
      'PointsClawedBack',
      'LoyaltyLevelDowngraded',
      'PointsClawedBack',
      'LoyaltyLevelDowngraded',
    ]);
  });

  it('whose points were spent leaves a deficit when it is cancelled, which the next one repays', async () => {
    const customer = await newCustomer();
    const purchase = await buy(customer, 5_000);
    await loyaltyOf(customer);
    await accepted(`/customers/${customer}/loyalty/redeem`, { points: 40 });
    await accepted(`/purchases/${purchase}/cancel`, { reason: 'Ordered by mistake' });
    expect(await loyaltyOf(customer)).toMatchObject({ balance: -40, deficit: 40 });
    await buy(customer, 6_000, `${TODAY}T00:00:00Z`);
    expect(await loyaltyOf(customer)).toMatchObject({ balance: 20, deficit: 0 });
    const { entries } = await ledgerOf(customer);
    expect(entries.map(({ kind, points, deficit }) => [kind, points, deficit])).toEqual([
      ['earned', 50, undefined],
      ['redeemed', -40, undefined],
      ['clawedBack', -50, 40],
      ['earned', 60, -40],
    ]);
  });

  it('that is corrected earns for what it came to', async () => {
    const customer = await newCustomer();
    const purchase = await buy(customer, 5_000);
    await loyaltyOf(customer);
    const { currency: _, ...more } = aPurchase(8_000);
    await accepted(`/purchases/${purchase}/correct`, { after: more, reason: 'One was not keyed in' });
    expect(await loyaltyOf(customer)).toMatchObject({ balance: 80 });
    const { currency: __, ...less } = aPurchase(2_000);
    await accepted(`/purchases/${purchase}/correct`, { after: less, reason: 'It was another one' });
    expect(await loyaltyOf(customer)).toMatchObject({ balance: 20, standing: { qualifyingPoints: 20 } });
  });

  it('knows no line named __proto__ by accident', async () => {
    const purchase = await buy(await newCustomer(), 5_000);
    const lines = '[{"lineId": "__proto__", "quantity": 1, "refund": 0}]';
    const refused = await system.http.post<ProblemBody>(
      `/purchases/${purchase}/returns`,
      `{"returnId": "${derivedId('spec', '1')}", "lines": ${lines}, "refund": 0}`,
    );
    expect([refused.status, refused.body.rule]).toEqual([422, 'purchase-line-known']);
  });
});
