import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { newId } from '#contracts/ids.js';
import { until } from '#testing/spec-worker.js';
import { declaredRoutes } from '../declared-routes.js';
import { aCustomer } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';
import { ApiKeys } from './api-keys.js';
import { API_ROLES, type ApiRole } from './roles.js';

const ISSUER = 'https://id.example.org/';
const AUDIENCE = 'rapport';

let system: RunningSystem;
let keys: ApiKeys;
let issuer: Server;
let signing: Awaited<ReturnType<typeof generateKeyPair>>;
const apiKeys = new Map<ApiRole, string>();

beforeAll(async () => {
  signing = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'ES256' }] });
  issuer = createServer((_, response) => response.setHeader('content-type', 'application/json').end(jwks));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  system = await RunningSystem.start({
    RAPPORT_JWT_ISSUER: ISSUER,
    RAPPORT_JWT_AUDIENCE: AUDIENCE,
    RAPPORT_JWT_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`,
  });
  keys = new ApiKeys(system.pool);
  for (const role of API_ROLES) apiKeys.set(role, await keys.create({ name: `spec-${role}`, role }));
}, 90_000);

afterAll(async () => {
  await system?.stop();
  issuer?.close();
});

/** Answers with the status alone: some answers go on for ever. */
function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: system.http.port, host: '127.0.0.1', method, path, headers }, (response) => {
      resolve(response.statusCode!);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.end(method === 'GET' ? undefined : '{}');
  });
}

interface Claims {
  rapport_role?: unknown;
  department?: unknown;
  outletId?: unknown;
}

interface Signing {
  header?: JWTHeaderParameters;
  key?: Parameters<SignJWT['sign']>[0];
}

function token(
  claims: Claims,
  change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
  { header = { alg: 'ES256', kid: 'one' }, key = signing.privateKey }: Signing = {},
): Promise<string> {
  const jwt = new SignJWT({ ...claims })
    .setProtectedHeader(header)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('minh@example.org')
    .setIssuedAt()
    .setExpirationTime('5 minutes');
  return change(jwt).sign(key);
}

const acquireWith = (credential: string) =>
  system.http.post('/customers', aCustomer(), { authorization: `Bearer ${credential}` });

describe('the table of roles', () => {
  const cells = declaredRoutes().flatMap(({ method, path, operation }) =>
    API_ROLES.map((role) => ({
      method: method.toUpperCase(),
      path,
      role,
      may: operation?.roles.includes(role) ?? false,
    })),
  );
  const closed = declaredRoutes().flatMap(({ method, path, isPublic }) =>
    isPublic ? [] : [{ method: method.toUpperCase(), path }],
  );
  const open = new Set(
    declaredRoutes()
      .filter(({ isPublic }) => isPublic)
      .map(({ path }) => path),
  );

  it.each(cells.filter(({ path }) => !open.has(path)))('$method $path by $role: $may', async (cell) => {
    const path = cell.path.replace(/:\w+/g, newId());
    const headers = { 'x-api-key': apiKeys.get(cell.role)!, 'content-type': 'application/json' };
    const status = await statusOf(cell.method, path, headers);
    expect(status === 403).toBe(!cell.may);
    expect([401, 405]).not.toContain(status);
    expect(status).toBeLessThan(500);
  });

  it.each(closed)('$method $path by nobody is refused', async ({ method, path }) => {
    const headers = { 'content-type': 'application/json' };
    expect(await statusOf(method, path.replace(/:\w+/g, newId()), headers)).toBe(401);
  });
});

describe('a key', () => {
  it('is the actor of what it brings about, with where its holder works', async () => {
    const holder = { name: 'Mai', role: 'agent', department: 'sales', outletId: 'hanoi-1' } as const;
    const byAgent = await acquireWith(await keys.create(holder));
    const byService = await acquireWith(apiKeys.get('service')!);
    const actors = await Promise.all(
      [byAgent, byService].map(async ({ body }) => (await system.store.load(`customer-${body.id}`))[0]!.metadata.actor),
    );
    expect(actors).toEqual([
      { id: 'Mai', kind: 'employee', department: 'sales', outletId: 'hanoi-1' },
      { id: 'spec-service', kind: 'service' },
    ]);
  });

  it('stops within seconds of being revoked', async () => {
    const key = await keys.create({ name: 'leaving', role: 'agent' });
    expect((await acquireWith(key)).status).toBe(201);
    await keys.revoke('leaving');
    await until(async () => (await acquireWith(key)).status === 401, 10_000);
  });

  it('that is missing or unknown is asked for', async () => {
    const without = await system.http.send('POST', '/customers', '{}', { 'content-type': 'application/json' });
    expect([without.status, without.body.type]).toEqual([401, 'urn:rapport:problem:not-authenticated']);
    expect(without.headers['www-authenticate']).toBe('Bearer realm="rapport"');
    const unknown = await acquireWith('no-such-key-at-all');
    expect(unknown.headers['www-authenticate']).toBe('Bearer realm="rapport", error="invalid_token"');
  });
});

describe('a token', () => {
  it('lets in its bearer by the role that it claims, and names them in events', async () => {
    const { status, body } = await acquireWith(
      await token({ rapport_role: 'agent', department: 'care', outletId: 'hue-2' }),
    );
    expect(status).toBe(201);
    const [event] = await system.store.load(`customer-${body.id}`);
    expect(event!.metadata.actor).toEqual({
      id: 'minh@example.org',
      kind: 'employee',
      department: 'care',
      outletId: 'hue-2',
    });
    expect((await acquireWith(await token({ rapport_role: 'analyst' }))).status).toBe(403);
  });

  it('of the same subject is the same credential: the same Idempotency-Key is the same command', async () => {
    const key = newId();
    const answers = [];
    for (const jti of ['1', '2']) {
      const credential = await token({ rapport_role: 'service' }, (jwt) => jwt.setJti(jti));
      const headers = { authorization: `Bearer ${credential}`, 'idempotency-key': key };
      answers.push((await system.http.post('/customers', aCustomer(), headers)).body);
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  it.each<[string, Claims, (jwt: SignJWT) => SignJWT]>([
    ['that has expired', { rapport_role: 'admin' }, (jwt) => jwt.setExpirationTime('1 minute ago')],
    ['that is not valid yet', { rapport_role: 'admin' }, (jwt) => jwt.setNotBefore('1 minute from now')],
    ['of another issuer', { rapport_role: 'admin' }, (jwt) => jwt.setIssuer('https://evil.example/')],
    ['for somebody else', { rapport_role: 'admin' }, (jwt) => jwt.setAudience('billing')],
    ['of no role', {}, (jwt) => jwt],
    ['of a role that there is not', { rapport_role: 'root' }, (jwt) => jwt],
    ['of an empty subject', { rapport_role: 'admin' }, (jwt) => jwt.setSubject('')],
    ['of a subject that no server stores', { rapport_role: 'admin' }, (jwt) => jwt.setSubject('a\0b')],
    ['of a department that is no text', { rapport_role: 'admin', department: 7 }, (jwt) => jwt],
  ])('%s is refused, and says why', async (_, claims, change) => {
    const { status, headers } = await acquireWith(await token(claims, change));
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(
      /^Bearer realm="rapport", error="invalid_token", error_description="[^"]+"$/,
    );
  });

  it('without a signature, or signed by a key that the issuer has not or with a shared secret, is refused', async () => {
    const asAdmin = { rapport_role: 'admin' };
    const [header, claims] = (await token(asAdmin)).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const other = (await generateKeyPair('ES256')).privateKey;
    const publicKey = Buffer.from(JSON.stringify(await exportJWK(signing.publicKey)));
    const forged = [
      `${none}.${claims}.`,
      `${header}.${claims}.${'A'.repeat(86)}`,
      await token(asAdmin, undefined, { key: other }),
      await token(asAdmin, undefined, { header: { alg: 'ES256', kid: 'two' } }),
      await token(asAdmin, undefined, { header: { alg: 'HS256', kid: 'one' }, key: publicKey }),
    ];
    for (const credential of forged) expect((await acquireWith(credential)).status).toBe(401);
  });
});

describe('what an analyst sees', () => {
  it('has no personal data, and is the same otherwise', async () => {
    const { body } = await system.http.post('/customers', aCustomer({ name: 'Nguyễn Thị Sen' }));
    const view = async (role: ApiRole) => {
      const path = `/customers/${body.id}/360?position=${body.position}`;
      return (await system.http.get<Record<string, unknown>>(path, { authorization: `Bearer ${apiKeys.get(role)}` }))
        .body;
    };
    const { name, ...others } = await view('agent');
    expect(name).toBe('Nguyễn Thị Sen');
    const seen = await view('analyst');
    expect({ ...seen, position: others.position }).toEqual({ ...others, name: null });
  });
});

it('the API never failed', () => {
  expect(system.http.failures).toEqual([]);
});
