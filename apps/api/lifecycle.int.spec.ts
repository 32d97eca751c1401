import { externalId, newId } from '#contracts/ids.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import type { LoyaltyOnDay } from '#read-models/loyalty-level/loyalty-on-day.js';
import { aComplaint, aCustomer, aPurchase, aRisk } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

let system: RunningSystem;
const TODAY = '2026-03-31';
/** What begins a day early enough has to be answered on it, and its end is when timers are due. */
const NOON = { occurredAt: `${TODAY}T12:00:00Z` };

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: TODAY });
});

afterAll(async () => {
  await system?.stop();
});

const post = (path: string, body: object, headers = {}) => system.http.post(path, body, headers);
const view360 = async (id: string, position: string) => {
  const { status, body } = await system.http.get<Customer360>(
    `/customers/${encodeURIComponent(id)}/360?position=${position}`,
  );
  expect(status).toBe(200);
  return body;
};
const loyalty = async (id: string, query: string) => {
  const { status, body } = await system.http.get<LoyaltyOnDay & { position: string }>(
    `/customers/${encodeURIComponent(id)}/loyalty?${query}`,
  );
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
};

describe('a customer', () => {
  it('is acquired, buys, complains, is helped, is at risk and is retained', async () => {
    const acquired = await post('/customers', aCustomer());
    const { id } = acquired.body;
    expect(acquired.status).toBe(201);
    expect(acquired.headers).toMatchObject({ etag: '"0"', location: `/customers/${id}/360` });
    expect(acquired.body).toEqual({ id, revision: 0, position: expect.stringMatching(/^\d+$/) });

    const bought = await post(`/customers/${id}/purchases`, aPurchase(25_050, { occurredAt: '2026-03-01T10:00:00Z' }));
    expect(bought.status).toBe(201);
    expect(bought.headers).toMatchObject({ etag: '"0"', location: `/purchases/${bought.body.id}` });
    expect(Number(bought.body.position)).toBeGreaterThan(Number(acquired.body.position));

    const complained = await post(`/customers/${id}/complaints`, aComplaint(NOON));
    expect(complained.status).toBe(201);
    expect(complained.headers).toMatchObject({ etag: '"2"', location: `/complaints/${complained.body.id}` });
    expect(await view360(id, `${complained.body.position}&settled=true`)).toMatchObject({
      customerId: id,
      name: 'Hoa Nguyễn',
      customerStage: 'atRisk',
      purchases: 1,
      totals: { USD: { purchases: 1, items: 2, purchased: 25_050, refunded: 0, value: 25_050 } },
      firstPurchaseAt: '2026-03-01T10:00:00.000Z',
      complaints: 1,
      openComplaints: [{ complaintId: complained.body.id, issue: 'The CD is scratched', severity: 'medium' }],
    });

    const resolved = await post(`/complaints/${complained.body.id}/resolve`, {
      outcome: 'monetaryRelief',
      compensation: { amount: 500, currency: 'USD' },
      ...NOON,
    });
    expect(resolved.status).toBe(200);
    expect(resolved.headers.etag).toBe('"3"');
    expect(await view360(id, `${resolved.body.position}&settled=true`)).toMatchObject({ customerStage: 'active' });

    const assessed = await post(`/customers/${id}/churn-risk`, aRisk(NOON));
    expect([assessed.status, assessed.headers.etag]).toEqual([200, '"3"']);
    expect(await view360(id, assessed.body.position)).toMatchObject({
      customerStage: 'atRisk',
      complaints: 1,
      openComplaints: [],
      churnRisk: { score: 0.8, band: 'high' },
    });

    const retained = await post(`/customers/${id}/retain`, { basis: 'riskRecovered', ...NOON });
    expect([retained.status, retained.headers.etag]).toEqual([200, '"4"']);
    expect(await view360(id, retained.body.position)).toMatchObject({ customerStage: 'active', churnRisk: null });
    expect(await loyalty(id, `position=${retained.body.position}&settled=true`)).toMatchObject({
      customerId: id,
      date: TODAY,
      balance: 250,
      loyaltyLevel: 'preferred',
    });
  });

  it('is retained by an offer that it accepted, and declines another for a reason that is kept', async () => {
    const { id } = (await post('/customers', aCustomer())).body;
    const offer = { offerId: newId(), terms: '20 % off', treatment: 'oneToOne', expiresAt: '9999-12-31T23:59:59Z' };
    const other = { ...offer, offerId: newId() };
    for (const made of [offer, other]) expect((await post(`/customers/${id}/retention-offers`, made)).status).toBe(200);
    await post(`/customers/${id}/retention-offers/accept`, { offerId: offer.offerId });
    const declined = await post(`/customers/${id}/retention-offers/decline`, {
      offerId: other.offerId,
      reason: 'Too late',
    });
    const retained = await post(`/customers/${id}/retain`, { basis: 'offerAccepted', offerId: offer.offerId });
    expect([declined.status, retained.status, retained.headers.etag]).toEqual([200, 200, '"5"']);
    const events = await system.store.load(`customer-${id}`);
    expect(events.map(({ type }) => type)).toEqual([
      'CustomerAcquired',
      'RetentionOfferMade',
      'RetentionOfferMade',
      'RetentionOfferAccepted',
      'RetentionOfferDeclined',
      'CustomerRetained',
    ]);
    expect(events[4]!.data).toEqual({ offerId: other.offerId, reason: 'Too late' });
  });

  it('is addressed by its external identity, and by another one from when that is linked', async () => {
    const identity = { system: 'shop', id: 'Đơn / 1?' };
    const second = { system: 'crm', id: 'C-1' };
    const acquired = await post('/customers', aCustomer({ externalIdentity: identity }));
    const { id } = acquired.body;
    expect(id).toBe(externalId('customer', identity));
    expect((await system.http.get('/customers/crm:C-1/360')).status).toBe(404);

    const linked = await post(`/customers/${encodeURIComponent('shop:Đơn / 1?')}/external-identities`, {
      identity: second,
    });
    expect([linked.status, linked.body.id]).toEqual([200, id]);
    const bought = await post('/customers/crm:C-1/purchases', aPurchase(100));
    expect(bought.status).toBe(201);
    for (const address of ['shop:Đơn / 1?', 'crm:C-1', id, externalId('customer', second)]) {
      expect(await view360(address, bought.body.position)).toMatchObject({
        customerId: id,
        externalIdentities: [identity, second],
        purchases: 1,
      });
      expect(await loyalty(address, `position=${bought.body.position}&settled=true`)).toMatchObject({
        customerId: id,
        balance: 1,
      });
    }
    expect((await post('/customers', aCustomer({ externalIdentity: second }))).body).toMatchObject({
      status: 409,
    });
  });

  it('has on any day the points and the loyalty level of that day', async () => {
    const { id } = (await post('/customers', aCustomer({ occurredAt: '2020-01-01T00:00:00Z' }))).body;
    const bought = await post(`/customers/${id}/purchases`, aPurchase(30_000, { occurredAt: '2024-03-01T12:00:00Z' }));
    const on = async (day: string) => {
      const { balance, loyaltyLevel } = await loyalty(
        id,
        `position=${bought.body.position}&settled=true&effectiveAt=${day}`,
      );
      return `${balance} ${loyaltyLevel}`;
    };
    // Spent through the 365th day after; held through the same day 12 months later, and 30 days of grace.
    expect(await on('2024-02-29')).toBe('0 member');
    expect(await on('2024-03-01')).toBe('300 preferred');
    expect(await on('2025-03-01')).toBe('300 preferred');
    expect(await on('2025-03-02')).toBe('0 preferred');
    expect(await on('2025-03-31')).toBe('0 preferred');
    expect(await on('2025-04-01')).toBe('0 member');
    for (const day of ['0001-01-01', '9999-12-31', '2099-12-31T23:59:59Z']) expect(await on(day)).toBe('0 member');
  });

  it('is told settled up to the end of the store when no position is named', async () => {
    const { id } = (await post('/customers', aCustomer())).body;
    await post(`/customers/${id}/purchases`, aPurchase(700));
    expect(await loyalty(id, 'settled=true')).toMatchObject({ balance: 7 });
  });

  it('that many create at once by one external identity is one customer', async () => {
    const externalIdentity = { system: 'flood', id: '1' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('/customers', aCustomer({ externalIdentity }))),
    );
    expect(new Set(answers.map(({ body }) => `${body.id} ${body.position}`)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(99).fill(200), 201]);
    expect(await system.store.load(`customer-${answers[0]!.body.id}`)).toHaveLength(1);
  });

  it('of whom a fact happened at the edges of the calendar is shown with it', async () => {
    const { id } = (await post('/customers', aCustomer({ occurredAt: '0001-01-01T00:00:00Z' }))).body;
    const bought = await post(
      `/customers/${id}/purchases`,
      aPurchase(100, { occurredAt: '0099-06-30T01:02:03.456789Z' }),
    );
    expect(await view360(id, bought.body.position)).toMatchObject({
      acquiredAt: '0001-01-01T00:00:00.000Z',
      firstPurchaseAt: '0099-06-30T01:02:03.456Z',
    });
  });

  it('has no trace of what a request left out as null', async () => {
    const key = { 'idempotency-key': newId() };
    const acquired = await post(
      '/customers',
      { ...aCustomer(), approach: null, externalIdentity: null, occurredAt: null },
      key,
    );
    const [event] = await system.store.load(`customer-${acquired.body.id}`);
    expect(event!.data).toEqual(aCustomer());
    expect((await post('/customers', aCustomer(), key)).body).toEqual(acquired.body);
  });

  it('never made the API fail', () => {
    expect(system.http.failures).toEqual([]);
  });
});
