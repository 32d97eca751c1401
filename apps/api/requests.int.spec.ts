import { newId } from '#contracts/ids.js';
import type { ProblemBody } from './testing/http-client.js';
import { aComplaint, aCustomer, aPurchase, aRisk } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

let system: RunningSystem;
let customer: string;

beforeAll(async () => {
  system = await RunningSystem.start();
  customer = (await system.http.post('/customers', aCustomer())).body.id;
});

afterAll(async () => {
  await system?.stop();
});

/** The end of the store when policies have done what they had to. */
async function settledEnd(): Promise<bigint | undefined> {
  await system.http.get(`/customers/${customer}/loyalty?settled=true`);
  return system.store.end();
}

/** Sends what must be refused, and sees that nothing was appended. */
async function refused(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ProblemBody> {
  const before = await settledEnd();
  const answer = await system.http.post<ProblemBody>(path, body, headers);
  expect(await system.store.end()).toBe(before);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status: answer.status, type: expect.any(String), title: expect.any(String) });
  return answer.body;
}

describe('an Idempotency-Key', () => {
  it('answers a repeated create with the first outcome and status, though the stream has moved on', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await system.http.post('/customers', aCustomer(), key);
    await system.http.post(`/customers/${first.body.id}/churn-risk`, aRisk());
    const again = await system.http.post('/customers', aCustomer(), key);
    expect([again.status, again.body, again.headers.etag, again.headers.location]).toEqual([
      first.status,
      first.body,
      first.headers.etag,
      first.headers.location,
    ]);
  });

  it.each([
    ['purchases', aPurchase(100)],
    ['complaints', aComplaint()],
    ['churn-risk', aRisk()],
    ['external-identities', { identity: { system: 'keys', id: 'k' } }],
  ])('answers a repeated POST of %s alike', async (path, body) => {
    const key = { 'idempotency-key': newId() };
    const first = await system.http.post(`/customers/${customer}/${path}`, body, key);
    const end = await settledEnd();
    const again = await system.http.post(`/customers/${customer}/${path}`, body, key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await system.store.end()).toBe(end);
  });

  it('is asked before If-Match, so that a retry of what succeeded succeeds', async () => {
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    const headers = { 'idempotency-key': newId(), 'if-match': '"0"' };
    const first = await system.http.post(`/customers/${id}/churn-risk`, aRisk(), headers);
    expect((await system.http.post(`/customers/${id}/churn-risk`, aRisk(), headers)).body).toEqual(first.body);
  });

  it('that was used for another body is a 422', async () => {
    const key = { 'idempotency-key': newId() };
    await system.http.post('/customers', aCustomer(), key);
    expect(await refused('/customers', aCustomer({ name: 'Other' }), key)).toMatchObject({
      status: 422,
      type: 'urn:rapport:problem:idempotency-key-reused',
    });
  });

  it('that was used with another reason is a 422', async () => {
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    const key = { 'idempotency-key': newId() };
    const need = (reason?: string) => ({ statement: 'A quiet room', expressed: 'stated', ...(reason && { reason }) });
    const first = await system.http.post(`/customers/${id}/needs`, need('first'), key);
    expect((await system.http.post(`/customers/${id}/needs`, need('first'), key)).body).toEqual(first.body);
    for (const reason of ['second', undefined]) {
      expect(await refused(`/customers/${id}/needs`, need(reason), key)).toMatchObject({
        status: 422,
        type: 'urn:rapport:problem:idempotency-key-reused',
      });
    }
  });

  it.each(['', 'x'.repeat(256), 'é'])('that is no 1 to 255 visible ASCII characters is refused', async (key) => {
    const { errors } = await refused('/customers', aCustomer(), { 'idempotency-key': key });
    expect(errors).toMatchObject([{ field: 'Idempotency-Key' }]);
  });
});

describe('If-Match', () => {
  it('lets in who saw the present revision, and refuses who did not', async () => {
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    expect((await refused(`/customers/${id}/churn-risk`, aRisk(), { 'if-match': '"7"' })).status).toBe(412);
    const seen = await system.http.post(`/customers/${id}/churn-risk`, aRisk(), { 'if-match': '"0"' });
    expect([seen.status, seen.headers.etag]).toEqual([200, '"1"']);
    expect((await refused(`/customers/${id}/churn-risk`, aRisk(), { 'if-match': '"0"' })).status).toBe(412);
  });

  it('that refuses leaves no claim of the identity that was to be linked', async () => {
    const identity = { system: 'claims', id: '1' };
    const path = `/customers/${customer}/external-identities`;
    expect((await refused(path, { identity }, { 'if-match': '"900"' })).status).toBe(412);
  });

  it.each(['0', 'W/"0"', '"a"', '"0", "1"'])('matches nothing as %s, which is no revision', async (value) => {
    const { status, detail } = await refused(`/customers/${customer}/churn-risk`, aRisk(), { 'if-match': value });
    expect([status, detail]).toEqual([412, 'If-Match names no revision: send one in quotes, as "3".']);
  });

  it('matches whatever is there as *', async () => {
    const path = `/customers/${customer}/churn-risk`;
    expect((await system.http.post(path, aRisk(), { 'if-match': '*' })).status).toBe(200);
  });
});

describe('a command is refused', () => {
  const unknown = newId();
  it.each<[string, string, object, number, string]>([
    ['to a customer whom nobody knows', `/customers/${unknown}/churn-risk`, aRisk(), 404, 'customer-exists'],
    ['for a purchase of nobody', '/customers/none:1/purchases', aPurchase(100), 404, 'customer-exists'],
    ['for a complaint of nobody', '/complaints', aComplaint({ customerId: unknown }), 404, 'customer-exists'],
    [
      'to resolve no complaint',
      `/complaints/${unknown}/resolve`,
      { outcome: 'explanation' },
      404,
      'complaint-not-found',
    ],
  ])('%s', async (_, path, body, status, rule) => {
    expect(await refused(path, body)).toMatchObject({ status, rule });
  });

  it('when there was no risk to be retained from, with 409', async () => {
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    expect(await refused(`/customers/${id}/retain`, { basis: 'riskRecovered' })).toMatchObject({
      status: 409,
      rule: 'retention-needs-a-risk',
    });
  });

  it('when a complaint is resolved twice, with 409', async () => {
    const { id } = (await system.http.post('/complaints', aComplaint())).body;
    expect((await system.http.post(`/complaints/${id}/resolve`, { outcome: 'explanation' })).status).toBe(200);
    expect(await refused(`/complaints/${id}/resolve`, { outcome: 'rejected' })).toMatchObject({ status: 409 });
  });

  it('when a record from outside comes again with another content, with 409', async () => {
    const externalOrderId = { system: 'shop', id: 'o-1' };
    const path = `/customers/${customer}/purchases`;
    const occurredAt = '2025-01-01T00:00:00Z';
    const first = await system.http.post(path, aPurchase(100, { externalOrderId, occurredAt }));
    const same = await system.http.post(path, aPurchase(100, { externalOrderId, occurredAt }));
    expect([first.status, same.status, same.body]).toEqual([201, 200, first.body]);
    expect((await refused(path, aPurchase(200, { externalOrderId, occurredAt }))).status).toBe(409);
  });

  it('when totals do not reconcile, with 422 that names the field', async () => {
    expect(await refused(`/customers/${customer}/purchases`, { ...aPurchase(100), total: 99 })).toMatchObject({
      status: 422,
      field: 'total',
    });
  });

  it('when it tells of the future, with 422 that names the field', async () => {
    const occurredAt = '2999-01-01T00:00:00Z';
    for (const [path, body] of [
      ['/customers', aCustomer({ occurredAt })],
      [`/customers/${customer}/purchases`, aPurchase(100, { occurredAt })],
      [`/customers/${customer}/churn-risk`, aRisk({ occurredAt })],
      ['/complaints', aComplaint({ occurredAt })],
    ] as const) {
      expect(await refused(path, body)).toMatchObject({ status: 422, field: 'occurredAt' });
    }
  });

  it('when the body repeats what the path gives', async () => {
    const { errors } = await refused(`/customers/${customer}/purchases`, aPurchase(1, { customerId: customer }));
    expect(errors).toMatchObject([{ field: 'customerId', rule: 'fromPath' }]);
  });

  it.each<[string, unknown]>([
    ['customers', []],
    ['customers', null],
    ['customers', 'text'],
    ['customers', 5],
    ['customers', ''],
    ['customers/x/churn-risk', aRisk()],
  ])('when it is no command at all: POST %s %j', async (path, body) => {
    expect((await refused(`/${path}`, body)).status).toBe(400);
  });

  it.each<[string, object, string]>([
    ['/customers', aCustomer({ externalIdentity: [{ system: 'a', id: '1' }] }), 'externalIdentity'],
    ['/customers', aCustomer({ externalIdentity: 'a:1' }), 'externalIdentity'],
    ['/customers', aCustomer({ name: ['Hoa'] }), 'name'],
    ['/customers', aCustomer({ toString: 1 }), 'toString'],
    ['/customers', aCustomer({ occurredAt: 1769847300000 }), 'occurredAt'],
    ['purchases', aPurchase(1, { lines: [null] }), 'lines'],
    ['purchases', aPurchase(1, { lines: { 0: {}, length: 1 } }), 'lines'],
    ['purchases', aPurchase(1, { tax: '0' }), 'tax'],
    ['external-identities', {}, 'identity'],
    ['external-identities', { identity: null }, 'identity'],
    ['external-identities', { identity: { system: 'a:b', id: '1' } }, 'identity.system'],
    ['churn-risk', aRisk({ model: null }), 'model'],
    ['churn-risk', aRisk({ factors: Array(100_000).fill({}) }), 'factors'],
  ])('for a field of a wrong form, which it names: %s %#', async (path, body, field) => {
    const { status, errors } = await refused(path.startsWith('/') ? path : `/customers/${customer}/${path}`, body);
    expect([status, errors?.[0]?.field]).toEqual([400, field]);
  });

  it.each(['1e400', '9007199254740993', '-1', '0.5', '"5"'])('for an amount that is %s', async (amount) => {
    const body = JSON.stringify(aPurchase(100)).replace('"tax":0', `"tax":${amount}`);
    expect(await refused(`/customers/${customer}/purchases`, body)).toMatchObject({
      status: 400,
      errors: [{ field: 'tax' }],
    });
  });
});

describe('a request', () => {
  it('needs a key, and the right one; health needs none', async () => {
    for (const headers of [
      {},
      { 'x-api-key': 'wrong' },
      { 'x-api-key': '' },
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic eDp5' },
    ] as Record<string, string>[]) {
      const { status, body } = await system.http.send('GET', `/customers/${customer}/360`, undefined, headers);
      expect([status, body.type]).toEqual([401, 'urn:rapport:problem:not-authenticated']);
    }
    for (const path of ['/health/live', '/health/ready'])
      expect((await system.http.send('GET', path, undefined, {})).status).toBe(200);
  });

  it.each(['/', '/nothing', '/customers/1/2/3', '/customers//360', '/%2e%2e/etc', '/customers/%00'])(
    'for %s, which does not exist, is a 404',
    async (path) => {
      const { status, body } = await system.http.get(path);
      expect([status, body.status]).toEqual([404, 404]);
    },
  );

  it.each(['/customers/%ff/360', '/customers/%zz/360', '/customers/%/360'])(
    'for %s, which is no URL, is a 400',
    async (path) => {
      const { status, body } = await system.http.get(path);
      expect([status, body.status]).toEqual([400, 400]);
    },
  );

  it.each([
    ['PUT', '/customers', 'POST, GET, HEAD'],
    ['GET', '/prospects', 'POST'],
    ['DELETE', '/customers/x:1/360', 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('%s %s is a 405 that tells which methods there are', async (method, path, allow) => {
    const { status, headers, body } = await system.http.send(method, path, undefined, {});
    expect([status, body.status, headers.allow]).toEqual([405, 405, allow]);
  });

  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])(
    'with a body of %s is a 415',
    async (type) => {
      expect((await refused('/customers', JSON.stringify(aCustomer()), { 'content-type': type })).status).toBe(415);
    },
  );

  it('may say the character set of its JSON', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    expect((await system.http.post('/customers', aCustomer(), type)).status).toBe(201);
  });

  it('with a body beyond a mebibyte is a 413', async () => {
    expect((await refused('/customers', aCustomer({ name: 'x'.repeat(1024 * 1024) }))).status).toBe(413);
  });

  it.each([
    ['360', 'position=99999999999', 400, 'position-beyond-end'],
    ['360', 'position=-1', 400, 'invalid-fields'],
    ['360', 'position=1&position=2', 400, 'invalid-fields'],
    ['360', 'position=9999999999999999999999', 400, 'invalid-fields'],
    ['360', 'settled=yes', 400, 'invalid-fields'],
    ['360', 'effectiveAt=1998-02-30', 400, 'invalid-fields'],
    ['360', 'asOf=99999999999', 400, 'position-beyond-end'],
    ['360', 'until=1998-06-30', 400, 'invalid-fields'],
    ['360', '__proto__=1', 400, 'invalid-fields'],
    ['loyalty', 'effectiveAt=1998-06-31', 400, 'invalid-fields'],
    ['loyalty', 'effectiveAt=0000-01-01', 400, 'invalid-fields'],
    ['loyalty', 'effectiveAt=', 400, 'invalid-fields'],
    ['loyalty', 'effectiveAt=a&effectiveAt=b', 400, 'invalid-fields'],
  ])('GET %s?%s is a %i %s', async (view, query, status, slug) => {
    const { body } = await system.http.get(`/customers/${customer}/${view}?${query}`);
    expect([body.status, body.type]).toEqual([status, `urn:rapport:problem:${slug}`]);
  });

  it('has the id that it gives itself, which becomes the correlation id of what it brings about', async () => {
    const id = newId();
    const acquired = await system.http.post('/customers', aCustomer(), { 'x-request-id': id });
    expect(acquired.headers['x-request-id']).toBe(id);
    const [event] = await system.store.load(`customer-${acquired.body.id}`);
    expect(event!.metadata.correlationId).toBe(id);
    expect(event!.metadata.actor).toEqual({ id: 'development', kind: 'employee' });
    const refusal = await system.http.get('/nothing', { 'x-request-id': id });
    expect(refusal.headers['x-request-id']).toBe(id);
  });
});

it('no request made the API fail', () => {
  expect(system.http.failures).toEqual([]);
});
