import { idInStream } from '#contracts/events.js';
import { externalId, newId } from '#contracts/ids.js';
import { CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { Customers } from './customers.js';
import { IdempotencyKeyReused, RevisionMismatch } from './errors.js';
import { EarnPoints } from './handlers/loyalty.handler.js';

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

function newIdentity() {
  const identity = { system: 'shop', id: newId() };
  return {
    identity,
    claim: externalId('customer', identity),
    link: { type: 'LinkExternalIdentity' as const, identity },
  };
}

async function typesOf(streamId: string): Promise<string[]> {
  return (await one.store.load(streamId)).map(({ type }) => type);
}

describe('linking an external identity', () => {
  it('claims it first, on the stream of its own id, for the customer', async () => {
    const { id } = await one.acquire();
    const { claim, link } = newIdentity();
    const linked = await one.toCustomer(id, link);
    const [claimed] = await one.store.load(`customer-${claim}`);
    expect(claimed).toMatchObject({ type: 'ExternalIdentityClaimed', data: { customerId: id } });
    expect(claimed?.metadata).toMatchObject({ customerId: id, subject: { kind: 'customer', id } });
    expect(claimed!.position < linked.position!).toBe(true);
  });

  it('is refused to a second customer, and of two at once one succeeds', async () => {
    const owners = await Promise.all([one.acquire(), two.acquire()]);
    const { claim, link } = newIdentity();
    const results = await Promise.allSettled([one.toCustomer(owners[0].id, link), two.toCustomer(owners[1].id, link)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refusal = results.find((result) => result.status === 'rejected');
    expect(refusal?.reason).toMatchObject({ name: 'RuleViolation', rule: 'identity-claimed' });
    expect(await typesOf(`customer-${claim}`)).toEqual(['ExternalIdentityClaimed']);
  });

  it('goes on after a crash between claim and link, when it is sent again', async () => {
    const { id } = await one.acquire();
    const { claim, link } = newIdentity();
    const meta = metaOf();
    const append = two.store.append.bind(two.store);
    two.store.append = async (streamId, ...rest) => {
      if (idInStream(streamId) === id) throw new Error('The process died.');
      return append(streamId, ...rest);
    };
    await expect(two.toCustomer(id, link, meta)).rejects.toThrow('died');
    two.store.append = append;
    expect(await typesOf(`customer-${claim}`)).toEqual(['ExternalIdentityClaimed']);
    await one.toCustomer(id, link, meta);
    expect(await typesOf(`customer-${claim}`)).toEqual(['ExternalIdentityClaimed']);
    expect(await typesOf(`customer-${id}`)).toEqual(['CustomerAcquired', 'ExternalIdentityLinked']);
  });

  it('left a claim behind although If-Match refused the command', async () => {
    const { id } = await one.acquire();
    const { claim, link } = newIdentity();
    await expect(one.toCustomer(id, link, { expectedRevision: 7 })).rejects.toThrow(RevisionMismatch);
    expect(await typesOf(`customer-${claim}`)).toEqual([]);
  });

  it('left a claim behind although the Idempotency-Key had been used for another identity', async () => {
    const { id } = await one.acquire();
    const [first, second] = [newIdentity(), newIdentity()];
    const meta = metaOf();
    await one.toCustomer(id, first.link, meta);
    await expect(one.toCustomer(id, second.link, meta)).rejects.toThrow(IdempotencyKeyReused);
    expect(await typesOf(`customer-${second.claim}`)).toEqual([]);
  });
});

describe('a claimed identity', () => {
  it('leads to its owner: by look-up, in commands and for purchases', async () => {
    const { id } = await one.acquire();
    const { claim, link } = newIdentity();
    await one.toCustomer(id, link);
    expect(await new Customers(two.streams).require(claim)).toBe(id);
    const { streamId, position } = await two.purchase(claim);
    const [purchased] = await one.store.load(streamId);
    expect(purchased).toMatchObject({ position, data: { customerId: id }, metadata: { customerId: id } });
  });

  it('is not a customer: nobody is found by an id that was never claimed or acquired', async () => {
    const missing = two.purchase(newId());
    await expect(missing).rejects.toMatchObject({ rule: 'customer-exists', kind: 'not-found', field: 'customerId' });
  });
});

describe('earning points', () => {
  const source = () => ({ eventId: newId(), occurredAt: '2026-06-14T10:00:00Z', amount: 5_000, currency: 'USD' });

  it('was decided by rules that another process had replaced', async () => {
    await one.publishRules(1);
    const { id } = await one.acquire();
    await one.execute(new EarnPoints(id, [source()], metaOf()));
    await two.publishRules(2, '2026-06-01');
    const { streamId } = await one.execute(new EarnPoints(id, [source()], metaOf()));
    const earned = (await one.store.load(streamId)).filter(({ type }) => type === 'PointsEarned');
    expect(earned.map(({ data }) => (data as { rulesVersion: number }).rulesVersion)).toEqual([1, 2]);
  });

  it('was refused as another command when rules were published before the policy sent it again', async () => {
    const { id } = await one.acquire();
    const command = new EarnPoints(id, [source()], metaOf());
    const first = await one.execute(command);
    await one.publishRules(3, '2026-06-02');
    expect(await two.execute(command)).toEqual({ ...first, appended: 0, repeated: true });
  });
});
