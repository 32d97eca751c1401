import { createHash, randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from '#contracts/fields.js';
import { newId } from '#contracts/ids.js';
import { createPool } from '#platform/database/pool.js';
import type { Customer360Answer } from '#read-models/customer-360/customer-360.query.js';
import type { Difference } from '#read-models/history/difference.js';
import type { EventInContext } from '#read-models/history/history.query.js';
import type { HistoryEvent } from '#read-models/history/history-event.js';
import type { LoyaltyOnDay } from '#read-models/loyalty-level/loyalty-on-day.js';
import { HttpClient } from '../testing/http-client.js';
import { aComplaint, aCustomer, aPurchase, aRisk } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';
import { customer360Schema } from './customer-360.schema.js';
import { diffSchema, eventInContextSchema, historySchema } from './history.schema.js';
import { loyaltySchema } from './loyalty.schema.js';

let system: RunningSystem;
let analyst: HttpClient;
let customer: string;
/** Positions of what was sent, in order. */
const at: Record<'acquired' | 'bought' | 'late' | 'complained' | 'assessed', string> = {
  acquired: '',
  bought: '',
  late: '',
  complained: '',
  assessed: '',
};

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: '2026-03-31' });
  const key = randomUUID();
  const pool = createPool(system.servers.databaseUrl);
  const hash = createHash('sha256').update(key).digest();
  await pool.query("insert into ops.api_keys (key_hash, name, role) values ($1, 'ana', 'analyst')", [hash]);
  await pool.end();
  analyst = new HttpClient(system.http.port, key);
  const { body } = await system.http.post('/customers', aCustomer({ occurredAt: '2026-01-01T08:00:00Z' }));
  customer = body.id;
  at.acquired = body.position;
  const of = async (path: string, sent: object) => {
    return (await system.http.post(`/customers/${customer}/${path}`, sent)).body.position;
  };
  at.bought = await of('purchases', aPurchase(25_000, { occurredAt: '2026-03-01T10:00:00Z', reason: 'phoned in' }));
  at.late = await of('purchases', aPurchase(9_900, { occurredAt: '2026-02-01T10:00:00Z' }));
  at.complained = await of('complaints', aComplaint({ description: 'My parcel is broken' }));
  at.assessed = await of('churn-risk', aRisk());
  await system.http.get(`/customers/${customer}/loyalty?settled=true`);
});

afterAll(async () => {
  analyst?.close();
  await system?.stop();
});

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Asks as an admin, or as somebody else, and holds the answer to what is declared. */
async function get<Body>(path: string, schema: JsonSchema, client = system.http): Promise<Body> {
  const { status, body } = await client.get<Body>(`${path}${path.includes('?') ? '&' : '?'}settled=true`);
  expect([path, status]).toEqual([path, 200]);
  const isDeclared = ajv.compile(schema);
  expect([isDeclared(body), isDeclared.errors]).toEqual([true, null]);
  return body;
}

const historyOf = (query: string, client?: HttpClient) =>
  get<{ events: HistoryEvent[]; next?: string }>(`/customers/${customer}/history?${query}`, historySchema, client);
const viewOf = (query: string, client?: HttpClient) =>
  get<Customer360Answer>(`/customers/${customer}/360?${query}`, customer360Schema, client);

describe('the history of a customer', () => {
  it('holds the events of all of its streams, with those that policies added, and says who, when and why', async () => {
    const { events, next } = await historyOf('');
    expect(next).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['CustomerAcquired', 'CustomerPurchased', 'CustomerComplained', 'PointsEarned']),
    );
    expect(events.map(({ position }) => BigInt(position))).toEqual(
      events.map(({ position }) => BigInt(position)).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(events.find(({ position }) => position === at.bought)).toMatchObject({
      type: 'CustomerPurchased',
      occurredAt: '2026-03-01T10:00:00Z',
      actor: { id: expect.any(String), kind: expect.any(String) },
      reason: 'phoned in',
      data: { total: 25_000 },
    });
    expect(events.find(({ type }) => type === 'PointsEarned')).toMatchObject({ actor: { kind: 'policy' } });
  });

  it('comes page by page, narrowed to what is asked for', async () => {
    const purchases = await historyOf('type=CustomerPurchased&limit=1');
    expect(purchases.events.map(({ position }) => position)).toEqual([at.bought]);
    const rest = await historyOf(`type=CustomerPurchased&limit=1&cursor=${purchases.next}`);
    expect([rest.events.map(({ position }) => position), rest.next]).toEqual([[at.late], undefined]);
    const { events } = await historyOf(`stream=customer-${customer}`);
    expect([...new Set(events.map(({ type }) => type))]).toEqual(['CustomerAcquired', 'ChurnRiskAssessed']);
  });

  it.each([
    ['type=Nothing', 'type'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['cursor=x', 'cursor'],
    ['phase=never', 'phase'],
    ['from=yesterday', 'from'],
    ['until=2026-01-01', 'until'],
  ])('is refused for %s', async (query, field) => {
    const { status, body } = await system.http.get(`/customers/${customer}/history?${query}`);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });

  it('is there for nobody who is not known', async () => {
    expect((await system.http.get(`/customers/${newId()}/history`)).status).toBe(404);
  });
});

describe('an event', () => {
  it('is told between what brought it about and what it brought about', async () => {
    const { events } = await historyOf('');
    const purchase = events.find(({ position }) => position === at.bought)!;
    const told = await get<EventInContext>(`/events/${purchase.eventId}`, eventInContextSchema);
    expect(told).toMatchObject({ event: purchase, causes: [], moreEffects: false });
    expect(told.effects.map(({ type }) => type)).toContain('PointsEarned');
    const earned = told.effects.find(({ type }) => type === 'PointsEarned')!;
    const effect = await get<EventInContext>(`/events/${earned.eventId}`, eventInContextSchema);
    expect(effect).toMatchObject({ event: earned, causes: [purchase] });
  });

  it.each([
    [newId(), 404],
    ['no-id', 400],
  ])('of the id %s is answered by a problem', async (id, status) => {
    expect((await system.http.get(`/events/${id}`)).status).toBe(status);
  });
});

describe('the 360° view of a moment', () => {
  it('is what was known as of a position', async () => {
    expect(await viewOf(`asOf=${at.acquired}`)).toMatchObject({
      customerStage: 'active',
      purchases: 0,
      name: 'Hoa Nguyễn',
    });
    expect(await viewOf(`asOf=${at.bought}`)).toMatchObject({ purchases: 1, openComplaints: [] });
    const now = await viewOf('');
    expect(now).toMatchObject({
      customerStage: 'atRisk',
      purchases: 2,
      loyalty: { balance: 349, loyaltyLevel: 'preferred' },
    });
    const { position: _n, ...told } = now as Customer360Answer & { position: string };
    expect(await viewOf(`asOf=${await system.store.end()}`)).toMatchObject(told);
  });

  it('is what had happened by then, and both where both are asked for', async () => {
    expect(await viewOf('effectiveAt=2026-02-15')).toMatchObject({
      purchases: 1,
      totals: { USD: { purchased: 9_900 } },
      loyalty: { date: '2026-02-15', balance: 99 },
    });
    expect(await viewOf(`effectiveAt=2026-02-15&asOf=${at.bought}`)).toMatchObject({ purchases: 0 });
  });

  it('is not there before the customer was', async () => {
    const { status, body } = await system.http.get(`/customers/${customer}/360?effectiveAt=2025-12-31`);
    expect([status, body.title]).toEqual([404, 'It does not exist']);
    expect((await system.http.get(`/customers/${customer}/360?asOf=2020-01-01`)).status).toBe(404);
  });

  it('has its points and loyalty level', async () => {
    const loyalty = (query: string) => get<LoyaltyOnDay>(`/customers/${customer}/loyalty?${query}`, loyaltySchema);
    expect(await loyalty(`asOf=${at.acquired}`)).toMatchObject({ balance: 0, loyaltyLevel: 'member' });
    expect(await loyalty('effectiveAt=2026-02-15')).toMatchObject({
      date: '2026-02-15',
      balance: 99,
      loyaltyLevel: 'member',
    });
    expect(await loyalty('')).toMatchObject({ date: '2026-03-31', balance: 349, loyaltyLevel: 'preferred' });
  });

  it('differs from that of another moment field by field', async () => {
    const diff = (query: string) =>
      get<{ differences: Difference[] }>(`/customers/${customer}/diff?${query}`, diffSchema).then(
        ({ differences }) => differences,
      );
    expect(await diff(`from=${at.complained}&to=${at.assessed}`)).toEqual(
      expect.arrayContaining([
        { field: 'customerStage', from: 'active', to: 'atRisk' },
        { field: 'churnRisk', from: null, to: expect.objectContaining({ band: 'high' }) },
      ]),
    );
    expect(await diff(`from=${at.bought}&to=${at.late}`)).toContainEqual({
      field: 'totals.USD.purchased',
      from: 25_000,
      to: 34_900,
    });
    expect(await diff(`from=${at.assessed}&to=${at.assessed}`)).toEqual([]);
    expect((await system.http.get(`/customers/${customer}/diff?to=2026-01-01`)).status).toBe(400);
  });
});

describe('two customers that were merged and unmerged', () => {
  it('are told as of each moment as they were known then, and have one history while they are one', async () => {
    const occurredAt = '2026-01-05T08:00:00Z';
    const send = async (path: string, body: object) => (await system.http.post(path, body)).body;
    const { id: survivor } = await send('/customers', aCustomer({ occurredAt, name: 'Lan' }));
    const { id: absorbed } = await send('/customers', aCustomer({ occurredAt, name: 'Lan Vũ' }));
    const purchase = aPurchase(12_000, { occurredAt: '2026-03-01T10:00:00Z' });
    await send(`/customers/${absorbed}/purchases`, purchase);
    const { position: two } = await send(`/customers/${survivor}/purchases`, purchase);
    await system.http.get(`/customers/${survivor}/loyalty?settled=true`);
    const { position: merged } = await send(`/customers/${survivor}/merge`, { absorbedId: absorbed });
    const { body: now } = await system.http.get<Customer360Answer>(`/customers/${absorbed}/360?settled=true`);
    const whole = await get<{ events: HistoryEvent[] }>(`/customers/${survivor}/history`, historySchema);
    const ofAbsorbed = await get<{ events: HistoryEvent[] }>(`/customers/${absorbed}/history`, historySchema);
    expect(ofAbsorbed.events).toEqual(whole.events);
    expect(new Set(whole.events.map(({ customerId }) => customerId))).toEqual(new Set([survivor, absorbed]));
    const { position: settled, ...told } = now as Customer360Answer & { position: string };
    const asOf = (id: string, moment: string) =>
      get<Customer360Answer>(`/customers/${id}/360?asOf=${moment}`, customer360Schema);
    await send(`/customers/${survivor}/unmerge`, { absorbedId: absorbed, reason: 'Twins' });
    expect(told).toMatchObject({ customerId: survivor, purchases: 2, members: [absorbed], absorbedInto: survivor });
    expect(await asOf(absorbed, settled)).toMatchObject(told);
    expect(await asOf(survivor, merged)).toMatchObject({ name: 'Lan', purchases: 2, members: [absorbed] });
    for (const moment of [two, await system.store.end()]) {
      for (const id of [survivor, absorbed]) {
        const view = await asOf(id, String(moment));
        expect(view).toMatchObject({ customerId: id, purchases: 1 });
        expect(view).not.toHaveProperty('members');
      }
    }
    const loyalty = await get<LoyaltyOnDay>(`/customers/${absorbed}/loyalty?asOf=${settled}`, loyaltySchema);
    expect(loyalty).toMatchObject({ customerId: survivor, balance: 240 });
    // Before the points moved they were theirs all the same.
    const before = await get<LoyaltyOnDay>(
      `/customers/${survivor}/loyalty?asOf=${settled}&effectiveAt=2026-03-01`,
      loyaltySchema,
    );
    expect(before).toMatchObject({ customerId: survivor, balance: 240, loyaltyLevel: 'loyal' });
    const { differences } = await get<{ differences: Difference[] }>(
      `/customers/${survivor}/diff?from=${two}&to=${settled}`,
      diffSchema,
    );
    expect(differences).toEqual(
      expect.arrayContaining([
        { field: 'members', to: [absorbed] },
        { field: 'purchases', from: 1, to: 2 },
      ]),
    );
  });
});

describe('an analyst', () => {
  it('sees customers, moments and history without personal data', async () => {
    const path = `/customers/${customer}`;
    const [now, then, history, differences] = await Promise.all([
      analyst.get<Customer360Answer>(`${path}/360?settled=true`),
      analyst.get<Customer360Answer>(`${path}/360?asOf=${at.bought}`),
      analyst.get<{ events: HistoryEvent[] }>(`${path}/history`),
      analyst.get(`${path}/diff?from=${at.acquired}`),
    ]);
    expect([now, then, history, differences].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const { text } of [now, then, history, differences]) expect(text).not.toMatch(/Hoa|broken|personal/);
    expect([now.body, then.body]).toEqual([
      expect.objectContaining({ name: null, purchases: 2 }),
      expect.objectContaining({ name: null, purchases: 1 }),
    ]);
    const purchase = history.body.events.find(({ position }) => position === at.bought)!;
    expect(purchase.data).toMatchObject({ total: 25_000 });
    expect((await analyst.get(`/events/${history.body.events[0]!.eventId}`)).text).not.toContain('Hoa');
  });
});
