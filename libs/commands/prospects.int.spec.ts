import { externalId, newId } from '#contracts/ids.js';
import type { AcquireCustomer, IdentifyProspect } from '#domain/customer/acquiring-commands.js';
import { ACQUIRE, assess, CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { DifferentContent, RevisionMismatch } from './errors.js';

let servers: Servers;
let one: CommandProcess;
let two: CommandProcess;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  const keys = new PersonKeysInMemory();
  one = new CommandProcess(servers.eventStoreUrl, keys);
  two = new CommandProcess(servers.eventStoreUrl, keys);
});

afterAll(async () => {
  await one?.close();
  await two?.close();
  await servers?.stop();
});

function newProspect() {
  const externalIdentity = { system: 'fair', id: newId() };
  const identify: IdentifyProspect = { ...ACQUIRE, type: 'IdentifyProspect', channel: 'visit', externalIdentity };
  const acquire: AcquireCustomer = { ...ACQUIRE, externalIdentity };
  return { id: externalId('customer', externalIdentity), externalIdentity, identify, acquire };
}

async function typesOf(id: string): Promise<string[]> {
  return (await one.store.load(`customer-${id}`)).map(({ type }) => type);
}

describe('a prospect who is known by an identity', () => {
  it('becomes a customer when the same identity is acquired, by another process too', async () => {
    const { id, identify, acquire } = newProspect();
    await one.toCustomer(id, identify);
    expect(await two.toCustomer(id, acquire)).toMatchObject({ id, revision: 1, appended: 1 });
    expect(await typesOf(id)).toEqual(['ProspectIdentified', 'CustomerAcquired']);
  });

  it('is the same record when either content is sent once more, whatever has happened since', async () => {
    const { id, identify, acquire } = newProspect();
    const identified = await one.toCustomer(id, identify);
    const acquired = await one.toCustomer(id, acquire);
    for (let n = 0; n < 3; n += 1) await one.toCustomer(id, assess(n / 10));
    // The second has not seen the stream so far: it reads which commands made the record.
    for (const process of [one, two]) {
      expect(await process.toCustomer(id, identify)).toMatchObject({ position: identified.position, appended: 0 });
      expect(await process.toCustomer(id, acquire)).toMatchObject({ position: acquired.position, appended: 0 });
    }
    expect((await typesOf(id)).length).toBe(5);
  });

  it('is not identified, and not acquired, with another content', async () => {
    const { id, identify, acquire } = newProspect();
    await one.toCustomer(id, identify);
    await expect(two.toCustomer(id, { ...identify, name: 'Other' })).rejects.toThrow(DifferentContent);
    await one.toCustomer(id, acquire);
    await expect(two.toCustomer(id, { ...identify, name: 'Other' })).rejects.toThrow(DifferentContent);
    await expect(two.toCustomer(id, { ...acquire, name: 'Other' })).rejects.toThrow(DifferentContent);
    expect((await typesOf(id)).length).toBe(2);
  });

  it('is acquired once by two processes at once: of two contents one is refused', async () => {
    const { id, identify, acquire } = newProspect();
    await one.toCustomer(id, identify);
    const results = await Promise.allSettled([
      one.toCustomer(id, acquire),
      two.toCustomer(id, { ...acquire, name: 'Other' }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await typesOf(id)).toEqual(['ProspectIdentified', 'CustomerAcquired']);
  });

  it('is acquired at the revision that the caller saw, or not', async () => {
    const { id, identify, acquire } = newProspect();
    await one.toCustomer(id, identify);
    await expect(one.toCustomer(id, acquire, { expectedRevision: 3 })).rejects.toThrow(RevisionMismatch);
    await one.toCustomer(id, acquire, { expectedRevision: 0 });
  });

  it('can be told by the same command again, which answers as it did', async () => {
    const { id, identify, acquire } = newProspect();
    await one.toCustomer(id, identify);
    const meta = metaOf();
    const first = await one.toCustomer(id, acquire, meta);
    expect(await two.toCustomer(id, acquire, meta)).toEqual({ ...first, appended: 0, repeated: true });
  });

  it('cannot be one whose identity a customer has claimed', async () => {
    const owner = await one.acquire();
    const { id, externalIdentity, identify } = newProspect();
    await one.toCustomer(owner.id, { type: 'LinkExternalIdentity', identity: externalIdentity });
    await expect(two.toCustomer(id, identify)).rejects.toMatchObject({ rule: 'identity-claimed' });
  });
});

describe('a party', () => {
  const linkTo = (otherCustomerId: string) => ({
    type: 'LinkParty' as const,
    customerId: newId(),
    relation: 'contactPersonOf' as const,
    otherCustomerId,
  });

  it('has to exist', async () => {
    const { id } = await one.acquire();
    await expect(one.toCustomer(id, linkTo(newId()))).rejects.toMatchObject({
      rule: 'customer-exists',
      kind: 'not-found',
      field: 'otherCustomerId',
    });
  });

  it('is the customer itself by whatever identity it is named', async () => {
    const { id } = await one.acquire();
    const identity = { system: 'shop', id: newId() };
    await one.toCustomer(id, { type: 'LinkExternalIdentity', identity });
    const claim = externalId('customer', identity);
    await expect(two.toCustomer(claim, linkTo(id))).rejects.toMatchObject({ rule: 'party-not-itself' });
    await expect(two.toCustomer(id, linkTo(claim))).rejects.toMatchObject({ rule: 'party-not-itself' });
  });

  it('is linked and unlinked under its own id', async () => {
    const [{ id }, other] = await Promise.all([one.acquire(), one.acquire()]);
    const identity = { system: 'shop', id: newId() };
    await one.toCustomer(other.id, { type: 'LinkExternalIdentity', identity });
    const { customerId: _, ...link } = linkTo(externalId('customer', identity));
    await one.toCustomer(id, { ...link, customerId: id });
    await two.toCustomer(id, { ...link, type: 'UnlinkParty' });
    const events = await one.store.load(`customer-${id}`);
    const data = { relation: 'contactPersonOf', otherCustomerId: other.id };
    expect(events.slice(1)).toMatchObject([
      { type: 'PartyLinked', data },
      { type: 'PartyUnlinked', data },
    ]);
  });
});
