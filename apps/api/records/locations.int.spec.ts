import { newId } from '#contracts/ids.js';
import { ApiKeys } from '../auth/api-keys.js';
import { declaredRoutes } from '../declared-routes.js';
import { aComplaint, aCustomer, aPurchase } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

let system: RunningSystem;
let customerId: string;
let complaintId: string;

beforeAll(async () => {
  system = await RunningSystem.start();
  customerId = (await post('/customers', aCustomer())).body.id;
  complaintId = (await post(`/customers/${customerId}/complaints`, aComplaint())).body.id;
}, 90_000);

afterAll(async () => {
  await system?.stop();
});

const post = (path: string, body: object, headers = {}) => system.http.post(path, body, headers);
const get = (path: string, headers = {}) => system.http.get<Record<string, unknown>>(path, headers);

/** What an example cannot know: the case that is rated, and an id that no other example has. */
function bodyFor(example: object): object {
  return {
    ...example,
    ...('complaintId' in example && { complaintId }),
    ...('surveyId' in example && { surveyId: newId() }),
    ...('externalId' in example && { externalId: { system: 'spec', id: newId() } }),
  };
}

describe('the Location of what a command makes', () => {
  const making = declaredRoutes().filter(({ operation }) => operation?.creates);

  it.each(making.map(({ path, operation }) => [path, operation!.example!] as const))(
    'by POST %s of its example can be read',
    async (path, example) => {
      const to = path.replace(':id', customerId).replace(':name', 'loyalty');
      const { status, headers, body } = await post(to, bodyFor(example));
      expect({ path, status, body }).toMatchObject({ status: 201 });
      const separator = headers.location!.includes('?') ? '&' : '?';
      const views = /^\/(customers|complaints|rules)\//.test(headers.location!);
      const found = await get(`${headers.location}${views ? `${separator}position=${body.position}` : ''}`);
      expect([headers.location, found.status]).toEqual([headers.location, 200]);
      // The 360° view is of many streams and has none.
      if (!headers.location!.endsWith('/360')) expect(found.headers.etag).toBe(headers.etag);
    },
  );
});

describe('the ETag of what was read', () => {
  const moves: [string, () => Promise<[read: string, move: string, body: object]>][] = [
    [
      'a complaint',
      async () => {
        const { id, position } = (await post(`/customers/${customerId}/complaints`, aComplaint())).body;
        return [`/complaints/${id}?position=${position}`, `/complaints/${id}/assign`, { agentId: 'e-1' }];
      },
    ],
    [
      'a purchase',
      async () => {
        const { id } = (await post(`/customers/${customerId}/purchases`, aPurchase(700))).body;
        return [`/purchases/${id}`, `/purchases/${id}/payments`, { amount: 700 }];
      },
    ],
    [
      'rules',
      async () => {
        const { body } = await get('/rules/loyalty?settled=true');
        const { version, document } = (body.versions as { version: number; document: object }[]).at(-1)!;
        return ['/rules/loyalty', '/rules/loyalty', { version: version + 1, validFrom: '2027-01-01', document }];
      },
    ],
  ];

  it.each(moves)('of %s is taken by If-Match, and by nobody who saw less', async (_, made) => {
    const [read, move, body] = await made();
    const etag = String((await get(read)).headers.etag);
    const first = await post(move, body, { 'if-match': etag });
    expect([etag, [200, 201].includes(first.status)]).toEqual([etag, true]);
    const second = await post(move, { ...body, reason: 'Seen before' }, { 'if-match': etag });
    expect(second.status).toBe(412);
  });
});

describe('what was recorded of a purchase, an interaction or a survey', () => {
  it('is read with its events in their order, and at once', async () => {
    const { id } = (await post(`/customers/${customerId}/purchases`, aPurchase(900))).body;
    const paid = await post(`/purchases/${id}/payments`, { amount: 900 });
    const { status, body } = await get(`/purchases/${id}`);
    expect([status, body.revision]).toEqual([200, paid.body.revision]);
    expect(body.events).toMatchObject([
      { type: 'CustomerPurchased', customerId, stream: `purchase-${id}`, data: { total: 900 } },
      { type: 'PaymentReceived', data: { amount: 900 }, actor: { kind: 'employee' } },
    ]);
    expect(JSON.stringify(body)).not.toContain('commandHash');
  });

  it('tells an analyst nothing personal and no reasons, and everybody else both', async () => {
    const call = {
      channel: 'phone',
      direction: 'inbound',
      phase: 'after',
      purpose: 'support',
      startedAt: '2026-03-01T09:00:00Z',
      endedAt: '2026-03-01T09:01:00Z',
      outcome: 'Her neighbour called',
      reason: 'Her lawyer asked',
    };
    const { id } = (await post(`/customers/${customerId}/interactions`, call)).body;
    const told = await get(`/interactions/${id}`);
    expect(told.body.events).toMatchObject([{ data: { outcome: call.outcome }, reason: call.reason }]);
    const analyst = await new ApiKeys(system.pool).create({ name: 'spec-analyst', role: 'analyst' });
    const seen = await get(`/interactions/${id}`, { authorization: `Bearer ${analyst}` });
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('"direction":"inbound"');
    expect(seen.text).not.toContain('Her');
  });

  it.each(['purchases', 'interactions', 'surveys'])('is a 404 of unknown %s', async (kind) => {
    expect((await get(`/${kind}/${newId()}`)).status).toBe(404);
    expect((await get(`/${kind}/no address`.replace(' ', '%20'))).status).toBe(400);
  });
});
