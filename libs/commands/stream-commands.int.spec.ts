import { newId } from '#contracts/ids.js';
import { customer } from '#domain/customer/customer.decider.js';
import { RuleViolation } from '#domain/decider.js';
import type { Appended, EventStore } from '#event-store/event-store.js';
import { ACQUIRE, assess, CommandProcess, metaOf, PersonKeysInMemory } from '#testing/command-process.js';
import { type Servers, startServers } from '#testing/servers.js';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from './errors.js';
import { StreamCommands } from './stream-commands.js';

let servers: Servers;
const keys = new PersonKeysInMemory();
const processes: CommandProcess[] = [];
let one: CommandProcess;
let two: CommandProcess;

beforeAll(async () => {
  servers = await startServers({ only: ['event-store'] });
  one = newProcess();
  two = newProcess();
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await servers?.stop();
});

/** A process that has seen nothing yet. */
function newProcess(): CommandProcess {
  const process = new CommandProcess(servers.eventStoreUrl, keys);
  processes.push(process);
  return process;
}

async function scoresOf(id: string): Promise<unknown[]> {
  const events = await one.store.load(`customer-${id}`);
  return events.flatMap(({ type, data }) => (type === 'ChurnRiskAssessed' ? [(data as { score: number }).score] : []));
}

async function acquired(): Promise<string> {
  return (await one.acquire()).id;
}

describe('many writers of one stream', () => {
  it('all succeed, from two processes, and nothing is lost', async () => {
    const id = await acquired();
    const scores = Array.from({ length: 32 }, (_, n) => n / 32);
    const outcomes = await Promise.all(
      scores.map((score, n) => (n % 2 === 0 ? one : two).toCustomer(id, assess(score))),
    );
    expect((await scoresOf(id)).sort()).toEqual([...scores].sort());
    expect(outcomes.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual(scores.map((_, n) => n + 1));
  });

  it('get a conflict when somebody else is always faster', async () => {
    const id = await acquired();
    const real = one.store;
    let attempts = 0;
    const outpaced = {
      load: (...args: Parameters<EventStore['load']>) => real.load(...args),
      identify: (...args: Parameters<EventStore['identify']>) => real.identify(...args),
      append: async (...args: Parameters<EventStore['append']>): Promise<Appended> => {
        attempts += 1;
        await two.toCustomer(id, assess(attempts / 100));
        return real.append(...args);
      },
    } as EventStore;
    const streams = new StreamCommands(outpaced, {
      now: () => '2026-06-15T10:00:00Z',
      businessDate: () => '2026-06-15',
      dueBy: () => '2026-06-15T10:00:00Z',
    });
    const request = {
      category: 'customer' as const,
      id,
      decider: customer,
      subject: { kind: 'customer' as const, id },
    };
    const sent = streams.handle({ ...request, command: assess(1), meta: metaOf() });
    await expect(sent).rejects.toThrow(ConcurrencyConflict);
    expect(await scoresOf(id)).toHaveLength(attempts);
  });
});

describe('the same command sent again', () => {
  it('answers its first outcome and appends nothing, after the stream has moved on', async () => {
    const id = await acquired();
    const meta = metaOf();
    const first = await one.toCustomer(id, assess(0.5), meta);
    await one.toCustomer(id, assess(0.6));
    const again = await one.toCustomer(id, assess(0.5), meta);
    expect(again).toEqual({ ...first, appended: 0, repeated: true });
    expect(await scoresOf(id)).toEqual([0.5, 0.6]);
  });

  it('is recognised by the ledger of a process that has seen nothing', async () => {
    const id = await acquired();
    const meta = metaOf();
    const first = await one.toCustomer(id, assess(0.5), meta);
    await one.toCustomer(id, assess(0.6));
    const expected = { ...first, appended: 0, repeated: true };
    expect(await newProcess().toCustomer(id, assess(0.5), meta)).toEqual(expected);
    expect(await scoresOf(id)).toEqual([0.5, 0.6]);
  });

  it('is recognised by the store when the cache of the process is stale', async () => {
    const id = await acquired();
    await two.toCustomer(id, assess(0.1));
    const meta = metaOf();
    const { revision, position } = await one.toCustomer(id, assess(0.5), meta);
    await one.toCustomer(id, assess(0.6));
    expect(await two.toCustomer(id, assess(0.5), meta)).toMatchObject({ revision, position });
    expect(await scoresOf(id)).toEqual([0.1, 0.5, 0.6]);
  });

  it('is recognised when it is a create and its answer was lost, wherever it is sent', async () => {
    const meta = metaOf();
    const first = await one.acquire(newId(), meta);
    await one.toCustomer(first.id, assess(0.5));
    const { id, revision, position } = await newProcess().acquire(first.id, meta);
    expect({ id, revision, position }).toEqual({ id: first.id, revision: 0, position: first.position });
    expect(await one.acquire(first.id, meta)).toEqual({ ...first, appended: 0, repeated: true });
    expect(await one.store.load(`customer-${first.id}`)).toHaveLength(2);
  });

  it('is refused when it says something else under the same key', async () => {
    const id = await acquired();
    const meta = metaOf();
    await one.toCustomer(id, assess(0.5), meta);
    await expect(one.toCustomer(id, assess(0.6), meta)).rejects.toThrow(IdempotencyKeyReused);
    await expect(newProcess().toCustomer(id, assess(0.6), meta)).rejects.toThrow(IdempotencyKeyReused);
    expect(await scoresOf(id)).toEqual([0.5]);
  });

  it('is refused when it gives another reason under the same key, or none any more', async () => {
    const id = await acquired();
    const meta = metaOf({ reason: 'first' });
    const first = await one.toCustomer(id, assess(0.5), meta);
    expect(await newProcess().toCustomer(id, assess(0.5), meta)).toMatchObject({
      ...first,
      appended: 0,
      repeated: true,
    });
    for (const reason of ['second', undefined]) {
      const other = { ...meta, reason };
      await expect(one.toCustomer(id, assess(0.5), other)).rejects.toThrow(IdempotencyKeyReused);
      await expect(newProcess().toCustomer(id, assess(0.5), other)).rejects.toThrow(IdempotencyKeyReused);
    }
    expect(await scoresOf(id)).toEqual([0.5]);
  });

  it('is recognised when it is imported again from another place', async () => {
    const id = await acquired();
    const imported = metaOf({ actor: { id: 'shop', kind: 'import' }, reason: 'file, line 1' });
    await one.toCustomer(id, assess(0.5), imported);
    await newProcess().toCustomer(id, assess(0.5), { ...imported, reason: 'file, line 2' });
    expect(await scoresOf(id)).toEqual([0.5]);
  });

  it('makes the same record for whatever reason it is sent anew', async () => {
    const id = newId();
    await one.acquire(id, metaOf({ reason: 'first' }));
    expect(await one.acquire(id, metaOf({ reason: 'second' }))).toMatchObject({ appended: 0, revision: 0 });
  });

  it('gives events the same ids, so that a retry after a lost answer appends nothing', async () => {
    const id = await acquired();
    const meta = metaOf();
    const lossy = newProcess();
    const append = lossy.store.append.bind(lossy.store);
    lossy.store.append = async (...args) => {
      lossy.store.append = append;
      await append(...args);
      throw new Error('The answer was lost.');
    };
    await expect(lossy.toCustomer(id, assess(0.5), meta)).rejects.toThrow('lost');
    const [, event] = await one.store.load(`customer-${id}`);
    const again = await lossy.toCustomer(id, assess(0.5), meta);
    expect(again).toMatchObject({ revision: 1, position: event!.position, appended: 0, repeated: true });
    expect(await scoresOf(id)).toEqual([0.5]);
  });

  it('is remembered through a thousand commands, also by a process that reads them', async () => {
    const id = await acquired();
    const metas = Array.from({ length: 1_001 }, () => metaOf());
    for (let n = 0; n < metas.length; n += 1) await one.toCustomer(id, assess(0.5), metas[n]);
    for (const process of [one, newProcess()]) {
      expect(await process.toCustomer(id, assess(0.5), metas[1])).toMatchObject({ revision: 2, repeated: true });
    }
    expect(await one.toCustomer(id, assess(0.5), metas[0])).toMatchObject({ appended: 1, repeated: false });
  });
});

describe('If-Match', () => {
  it('lets a command through at its revision and refuses it, without a retry, at another', async () => {
    const id = await acquired();
    await expect(one.toCustomer(id, assess(0.1), { expectedRevision: 0 })).resolves.toMatchObject({ revision: 1 });
    const stale = one.toCustomer(id, assess(0.2), { expectedRevision: 0 });
    await expect(stale).rejects.toThrow(new RevisionMismatch(0, 1));
    expect(await scoresOf(id)).toEqual([0.1]);
  });

  it('is refused when another process moved the stream on, which the cache does not know', async () => {
    const id = await acquired();
    await two.toCustomer(id, assess(0.1));
    await expect(one.toCustomer(id, assess(0.2), { expectedRevision: 0 })).rejects.toThrow(RevisionMismatch);
  });

  it('is satisfied by what another process appended, which the cache does not know', async () => {
    const id = await acquired();
    await two.toCustomer(id, assess(0.1));
    await expect(one.toCustomer(id, assess(0.2), { expectedRevision: 1 })).resolves.toMatchObject({ revision: 2 });
  });

  it('is asked after the ledger: a repeated command answers its outcome', async () => {
    const id = await acquired();
    const meta = metaOf({ expectedRevision: 0 });
    const first = await one.toCustomer(id, assess(0.1), meta);
    expect(await one.toCustomer(id, assess(0.1), meta)).toEqual({ ...first, appended: 0, repeated: true });
  });
});

describe('a create', () => {
  it('repeated with the same content is the same record', async () => {
    const first = await one.acquire();
    await one.toCustomer(first.id, assess(0.5));
    for (const process of [one, newProcess()]) {
      const again = await process.acquire(first.id);
      expect(again).toMatchObject({ id: first.id, position: first.position, appended: 0, repeated: false });
    }
  });

  it('with another content is refused', async () => {
    const id = await acquired();
    const other = { ...ACQUIRE, name: 'Lan' };
    for (const process of [one, newProcess()]) {
      await expect(process.toCustomer(id, other)).rejects.toThrow(DifferentContent);
    }
  });

  it('sent by two processes at once makes one record', async () => {
    const id = newId();
    const outcomes = await Promise.all([one.acquire(id), two.acquire(id)]);
    expect(outcomes.map(({ appended }) => appended).sort()).toEqual([0, 1]);
    expect(await one.store.load(`customer-${id}`)).toHaveLength(1);
  });
});

describe('a stale cache', () => {
  const offer = {
    type: 'MakeRetentionOffer' as const,
    terms: 'Ten off.',
    treatment: 'segment' as const,
    expiresAt: '2026-12-31T00:00:00Z',
  };

  it('does not refuse what the fresh state allows', async () => {
    const id = await acquired();
    const offerId = newId();
    await two.toCustomer(id, { ...offer, offerId });
    const accepted = await one.toCustomer(id, { type: 'AcceptRetentionOffer', offerId });
    expect(accepted).toMatchObject({ revision: 2, appended: 1 });
  });

  it('does not accept what the fresh state refuses', async () => {
    const id = await acquired();
    const offerId = newId();
    await two.toCustomer(id, { ...offer, offerId });
    await expect(one.toCustomer(id, { ...offer, offerId })).rejects.toThrow(RuleViolation);
    expect(await one.store.load(`customer-${id}`)).toHaveLength(2);
  });

  it('is not believed when it says that there is nothing to do', async () => {
    const id = await acquired();
    const identity = { system: 'shop', id: newId() };
    const first = await one.toCustomer(id, { type: 'LinkExternalIdentity', identity });
    const last = await two.toCustomer(id, assess(0.5));
    const again = await one.toCustomer(id, { type: 'LinkExternalIdentity', identity });
    expect(first.appended).toBe(1);
    expect(again).toMatchObject({ appended: 0, revision: last.revision, position: last.position });
  });

  it('never takes the place of a newer state, though a read of it ended later', async () => {
    const id = await acquired();
    const slow = newProcess();
    const load = slow.store.load.bind(slow.store);
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    slow.store.load = async (...args) => {
      slow.store.load = load;
      const events = await load(...args);
      await held;
      return events;
    };
    const reading = slow.streams.stateOf('customer', id, customer);
    const sent = slow.toCustomer(id, assess(0.5));
    letGo();
    await Promise.all([reading, sent]);
    expect((await slow.streams.stateOf('customer', id, customer)).revision).toBe(1);
  });
});

describe('an event', () => {
  it('of more than 256 KiB is refused', async () => {
    const id = await acquired();
    const factors = Array.from({ length: 3_000 }, () => ({ name: 'x'.repeat(100), weight: 0 }));
    const refused = one.toCustomer(id, { ...assess(0.5), factors });
    await expect(refused).rejects.toMatchObject({ rule: 'event-size', kind: 'invalid' });
    expect(await scoresOf(id)).toEqual([]);
  });
});
