import { readFileSync } from 'node:fs';
import { newId } from '#contracts/ids.js';
import { defaultRelationshipRules } from '#domain/relationship/rules.js';
import type { Customer360Answer } from '#read-models/customer-360/customer-360.query.js';
import { corpus, describeWithCorpora } from '../testing/corpora.js';
import type { Answer, CommandBody } from '../testing/http-client.js';
import { aCustomer } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

type Added = CommandBody & Record<'contactPointId' | 'needId' | 'promiseId', string>;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
});

afterAll(async () => {
  await system?.stop();
});

const post = (path: string, body: object, headers?: Record<string, string>): Promise<Answer<Added>> =>
  system.http.post<Added>(path, body, headers);

async function newCustomer(change: object = {}): Promise<string> {
  return (await post('/customers', aCustomer(change))).body.id;
}

/** What the last event of a customer says. */
async function lastEvent(id: string): Promise<object> {
  const { type, data } = (await system.store.load(`customer-${id}`)).at(-1)!;
  return { type, data };
}

describe('a prospect', () => {
  const aProspect = (change: object = {}) => aCustomer({ channel: 'advertising', ...change });

  it('is identified, disqualified, qualified and acquired', async () => {
    const identified = await post('/prospects', aProspect());
    const { id } = identified.body;
    expect([identified.status, identified.headers.location]).toEqual([201, `/customers/${id}/360`]);
    expect((await post(`/customers/${id}/disqualify`, { reason: 'No budget' })).status).toBe(200);
    expect(await lastEvent(id)).toEqual({ type: 'ProspectDisqualified', data: { reason: 'No budget' } });
    expect((await post(`/customers/${id}/qualify`, { basis: 'Has one now' })).status).toBe(200);
    const need = await post(`/customers/${id}/needs`, { statement: 'A quieter machine', expressed: 'stated' });
    expect(need.status).toBe(200);
    expect((await post(`/customers/${id}/acquire`, { trigger: 'First order' })).status).toBe(200);
    expect(await lastEvent(id)).toEqual({
      type: 'CustomerAcquired',
      data: { partyKind: 'person', roles: ['endConsumer'], channel: 'advertising', trigger: 'First order' },
    });
    expect(await post(`/customers/${id}/acquire`, {})).toMatchObject({
      status: 409,
      body: { rule: 'customer-acquired-once' },
    });
  });

  it('becomes a customer under the identity that it was known by, and is the same record once more', async () => {
    const externalIdentity = { system: 'fair', id: newId() };
    const { id } = (await post('/prospects', aProspect({ externalIdentity }))).body;
    expect((await post('/prospects', aProspect({ externalIdentity }))).status).toBe(200);
    const customer = aCustomer({ externalIdentity });
    expect(await post('/customers', customer)).toMatchObject({ status: 201, body: { id, revision: 1 } });
    expect(await post('/customers', customer)).toMatchObject({ status: 200, body: { id, revision: 1 } });
    const other = await post('/customers', { ...customer, name: 'Other' });
    expect([other.status, other.body.type]).toEqual([409, 'urn:rapport:problem:different-content']);
  });

  it('is told once by an Idempotency-Key', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await post('/prospects', aProspect(), key);
    expect((await post('/prospects', aProspect(), key)).body).toEqual(first.body);
  });
});

describe('a profile', () => {
  it('changes by the fields that are given, and not at all where they are the same', async () => {
    const id = await newCustomer();
    const change = { name: 'Hoa Trần', address: { country: 'VN', city: 'Huế' } };
    expect((await post(`/customers/${id}/profile`, change)).body.revision).toBe(1);
    expect((await post(`/customers/${id}/profile`, change)).body.revision).toBe(1);
    expect(await lastEvent(id)).toEqual({ type: 'ProfileUpdated', data: change });
  });

  it.each<[object, number, object]>([
    [{}, 422, { rule: 'profile-change-not-empty' }],
    [{ organisation: { taxId: '1' } }, 422, { rule: 'profile-fields-of-party-kind', field: 'organisation' }],
    [{ person: { birthDate: '1990-02-30' } }, 400, { errors: [{ field: 'person.birthDate' }] }],
    [{ address: { country: 'XX' } }, 400, { errors: [{ field: 'address.country' }] }],
    [{ customerStage: 'active' }, 400, { errors: [{ field: 'customerStage', rule: 'unknown' }] }],
  ])('is refused for %j', async (change, status, body) => {
    const id = await newCustomer();
    expect(await post(`/customers/${id}/profile`, change)).toMatchObject({ status, body });
  });
});

describe('contact points', () => {
  it('are added in E.164, answered with the id they have, verified and removed', async () => {
    const id = await newCustomer();
    const path = `/customers/${id}/contact-points`;
    const added = await post(path, { medium: 'phone', value: '0912 345 678', country: 'VN' });
    const { contactPointId } = added.body;
    expect(await lastEvent(id)).toEqual({
      type: 'ContactPointAdded',
      data: { contactPointId, medium: 'phone', value: '+84912345678', raw: '0912 345 678' },
    });
    const again = await post(path, { medium: 'phone', value: '+84912345678' });
    expect(again.body).toMatchObject({ contactPointId, revision: 1 });
    expect((await post(`${path}/${contactPointId}/verify`, { method: 'call' })).body.revision).toBe(2);
    expect((await post(`${path}/${contactPointId}/remove`, {})).body.revision).toBe(3);
    expect(await post(`${path}/${contactPointId}/verify`, {})).toMatchObject({
      status: 404,
      body: { rule: 'contact-point-not-found' },
    });
  });

  it('have the id that the caller gives, or one that the Idempotency-Key leads to', async () => {
    const path = `/customers/${await newCustomer()}/contact-points`;
    const contactPointId = newId();
    const given = await post(path, { contactPointId, medium: 'social', value: '@hoa' });
    expect(given.body.contactPointId).toBe(contactPointId);
    const key = { 'idempotency-key': newId() };
    const first = await post(path, { medium: 'email', value: 'hoa@example.org' }, key);
    expect((await post(path, { medium: 'email', value: 'hoa@example.org' }, key)).body).toEqual(first.body);
  });

  it.each([
    ['phone', 'call me', 'phone-number-valid'],
    ['email', 'hoa@', 'email-address-valid'],
  ])('are refused as %s %s', async (medium, value, rule) => {
    const path = `/customers/${await newCustomer()}/contact-points`;
    expect(await post(path, { medium, value })).toMatchObject({ status: 422, body: { rule, field: 'value' } });
  });
});

describeWithCorpora()('an address of the isemail corpus', () => {
  it('is stored unchanged as a contact point, or refused by name', async () => {
    const tests = JSON.parse(readFileSync(corpus('isemail_tests.json'), 'utf8')) as { address: string }[];
    const path = `/customers/${await newCustomer()}/contact-points`;
    const stored = new Set<string>();
    for (const { address } of tests) {
      const { status, body } = await post(path, { medium: 'email', value: address });
      if (status === 200) stored.add(address);
      // What is no text at all is refused for its form.
      else expect([status, body.field ?? body.errors?.[0]?.field]).toEqual([status === 400 ? 400 : 422, 'value']);
    }
    const events = await system.store.load(path.replace('/customers/', 'customer-').replace('/contact-points', ''));
    const values = events.slice(1).map(({ data }) => (data as { value: string }).value);
    for (const value of values) expect(stored).toContain(value);
    expect(new Set(values.map((value) => value.toLowerCase()))).toEqual(
      new Set([...stored].map((value) => value.toLowerCase())),
    );
    expect(values.length).toBeGreaterThan(130);
  });
});

describe('parties, consents, needs, promises, owner, level and potential', () => {
  it('are recorded as they are told', async () => {
    const [id, otherCustomerId] = [await newCustomer(), await newCustomer({ partyKind: 'organisation' })];
    const told: [string, object, object][] = [
      ['parties', { relation: 'contactPersonOf', otherCustomerId }, { type: 'PartyLinked' }],
      ['parties/unlink', { relation: 'contactPersonOf', otherCustomerId }, { type: 'PartyUnlinked' }],
      ['consents', { purpose: 'marketing', channel: 'email', basis: 'consent' }, { type: 'ConsentGranted' }],
      [
        'consents/withdraw',
        { purpose: 'marketing' },
        { type: 'ConsentWithdrawn', data: { purpose: 'marketing', basis: 'consent' } },
      ],
      ['owner', { ownerId: 'mai', reason: 'Knows them' }, { type: 'OwnerAssigned' }],
      ['owner', { ownerId: 'lan' }, { type: 'OwnerAssigned', data: { ownerId: 'lan', from: 'mai' } }],
      [
        'relationship-level',
        { to: 'proactive', reason: 'Review' },
        { type: 'RelationshipLevelAssigned', data: { from: 'basic', to: 'proactive', reason: 'Review' } },
      ],
      ['potential', { band: 'high' }, { type: 'PotentialAssessed', data: { band: 'high' } }],
    ];
    for (const [path, body, event] of told) {
      expect([path, (await post(`/customers/${id}/${path}`, body)).status]).toEqual([path, 200]);
      expect(await lastEvent(id)).toMatchObject(event);
    }
  });

  it('are parties told on both sides, whichever of the two they were linked and unlinked on', async () => {
    const [person, shop] = [await newCustomer(), await newCustomer({ partyKind: 'organisation' })];
    const partiesOf = async (id: string) => {
      return (await system.http.get<Customer360Answer>(`/customers/${id}/360?settled=true`)).body.parties;
    };
    const ofPerson = { relation: 'contactPersonOf', otherCustomerId: shop };
    const ofShop = { relation: 'hasContactPerson', otherCustomerId: person };
    for (const [linking, linked, unlinking, unlinked] of [
      [person, ofPerson, shop, ofShop],
      [shop, ofShop, person, ofPerson],
    ] as const) {
      expect((await post(`/customers/${linking}/parties`, linked)).status).toBe(200);
      expect([await partiesOf(person), await partiesOf(shop)]).toEqual([[ofPerson], [ofShop]]);
      expect((await post(`/customers/${unlinking}/parties/unlink`, unlinked)).status).toBe(200);
      expect([await partiesOf(person), await partiesOf(shop)]).toEqual([[], []]);
    }
    // Each said once by whoever said it, and once by the policy: nothing goes to and fro.
    for (const id of [person, shop]) {
      const types = (await system.store.load(`customer-${id}`)).map(({ type }) => type).slice(1);
      expect(types).toEqual(['PartyLinked', 'PartyUnlinked', 'PartyLinked', 'PartyUnlinked']);
    }
  });

  it('are needs that are met or withdrawn, and promises that are kept or broken, each once', async () => {
    const base = `/customers/${await newCustomer()}`;
    const need = { statement: 'A quieter machine', expressed: 'unstated' };
    const promise = { what: 'A call', dueAt: '9999-12-31T00:00:00Z' };
    for (const [path, body, ends, id, rule] of [
      ['needs', need, ['meet', 'withdraw'], 'needId', 'need-ended-once'],
      ['promises', promise, ['keep', 'break'], 'promiseId', 'promise-answered-once'],
    ] as const) {
      for (const end of ends) {
        const added = (await post(`${base}/${path}`, body)).body[id];
        const ending = end === 'keep' ? { outcome: 'moreThanPromised' } : {};
        expect((await post(`${base}/${path}/${added}/${end}`, ending)).status).toBe(200);
        expect(await post(`${base}/${path}/${added}/${end}`, ending)).toMatchObject({ status: 409, body: { rule } });
      }
      expect((await post(`${base}/${path}/${newId()}/${ends[1]}`, {})).status).toBe(404);
      expect((await post(`${base}/${path}/none/${ends[1]}`, {})).status).toBe(400);
    }
  });

  it('are refused for a party that is nobody, and a consent that was never given', async () => {
    const base = `/customers/${await newCustomer()}`;
    expect(await post(`${base}/parties`, { relation: 'suppliedBy', otherCustomerId: newId() })).toMatchObject({
      status: 404,
      body: { rule: 'customer-exists', field: 'otherCustomerId' },
    });
    expect(await post(`${base}/consents/withdraw`, { purpose: 'research' })).toMatchObject({
      status: 409,
      body: { rule: 'consent-granted-before' },
    });
  });
});

describe('rules', () => {
  interface Rules {
    name: string;
    versions: { version: number; validFrom: string; publishedAt: string; document: object }[];
  }

  it('begin with a version each, and go on by published versions', async () => {
    const first = (await system.http.get<Rules>('/rules/relationship?settled=true')).body;
    expect(first).toMatchObject({
      name: 'relationship',
      versions: [{ version: 1, document: defaultRelationshipRules }],
    });
    const document = { currency: 'VND', levels: [{ relationshipLevel: 'partnership', value: 5 }] };
    const published = await post('/rules/relationship', { version: 2, validFrom: '2026-01-01', document });
    expect([published.status, published.headers.location]).toEqual([201, '/rules/relationship']);
    const { position } = published.body;
    const after = (await system.http.get<Rules>(`/rules/relationship?position=${position}`)).body;
    expect(after.versions).toEqual([
      first.versions[0],
      { version: 2, validFrom: '2026-01-01', publishedAt: expect.any(String), document },
    ]);
    const { versions } = (await system.http.get<Rules>('/rules/loyalty')).body;
    expect(versions.map(({ version }) => version)).toEqual([1]);
  });

  it('are refused by name, by version, and for a document that cannot be judged by', async () => {
    const body = { version: 9, validFrom: '2026-01-01', document: defaultRelationshipRules };
    expect((await post('/rules/nothing', body)).status).toBe(404);
    expect((await system.http.get('/rules/nothing')).status).toBe(404);
    expect(await post('/rules/relationship', body)).toMatchObject({
      status: 422,
      body: { rule: 'rules-versions-dense' },
    });
    const levels = [{ relationshipLevel: 'basic', value: 7 }];
    expect(
      await post('/rules/relationship', { ...body, version: 3, document: { currency: 'USD', levels } }),
    ).toMatchObject({ status: 422, body: { rule: 'rules-basic-from-zero', field: 'document.levels.0.value' } });
    expect(await post('/rules/relationship', { ...body, document: { currency: 'USD', levels: [{}] } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'document.levels.0.relationshipLevel' }, {}] },
    });
    expect((await system.http.get('/rules/loyalty?settled=perhaps')).status).toBe(400);
  });
});

it('no request made the API fail', () => {
  expect(system.http.failures).toEqual([]);
});
