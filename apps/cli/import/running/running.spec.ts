import { UnavailableError } from '@eventstore/db-client';
import type { ServiceError } from '@grpc/grpc-js';
import { derivedId, externalId, newId } from '#contracts/ids.js';
import { RuleViolation } from '#domain/decider.js';
import { type Call, FakeTarget, importText, ORDERS_HEADER } from '../import.fixtures.js';
import { Chains } from './chains.js';
import { IdSet } from './id-set.js';
import { isPassing, ServerAway } from './retry.js';

const customerId = (id: string) => externalId('customer', { system: 'shop', id });
const orders = (...rows: string[]) => [ORDERS_HEADER, ...rows, ''].join('\n');
const many = orders(...Array.from({ length: 3_000 }, (_, n) => `A${n},${n % 37},2020-01-01,x,1,${n}`));

describe('An import', () => {
  it('acquires a customer once, by the first row, before what it bought', async () => {
    const { target } = await importText(
      orders('A1,7,2020-01-01,x,1,1', 'A2,8,2020-01-02,x,1,1', 'A3,7,2020-01-03,x,1,1'),
    );
    const id = customerId('7');
    const isOfCustomer = (call: Call) => call.id === id || ('customerId' in call.data && call.data.customerId === id);
    const [acquired, ...others] = target.calls.filter(isOfCustomer);
    expect(acquired).toMatchObject({
      type: 'acquire',
      meta: { occurredAt: '2020-01-01T00:00:00Z', source: 'shop', line: 2 },
    });
    expect(acquired!.data).toEqual({
      partyKind: 'person',
      roles: ['endConsumer'],
      channel: 'web',
      externalIdentity: { system: 'shop', id: '7' },
    });
    expect(others.map(({ type, meta }) => `${type} ${meta.line}`)).toEqual(['purchase 2', 'purchase 4']);
  });

  it('keeps the order of the file for each customer, with many customers at once', async () => {
    const target = new FakeTarget();
    // Later calls end first.
    const held: (() => void)[] = [];
    target.before = () =>
      new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length === 1)
          setImmediate(() =>
            held
              .splice(0)
              .reverse()
              .forEach((release) => void release()),
          );
      });
    await importText(many, undefined, { target });
    expect(target.mostInFlight).toBe(37);
    for (const id of new Set(target.purchases().map((data) => data.customerId))) {
      const lines = target.calls
        .filter(({ data }) => 'customerId' in data && data.customerId === id)
        .map(({ meta }) => meta.line);
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
    }
  });

  it('appends nothing when it is repeated', async () => {
    const target = new FakeTarget();
    await importText(many, undefined, { target });
    const { summary } = await importText(many, undefined, { target });
    expect(summary).toMatchObject({
      rows: 3_000,
      customers: 37,
      purchases: 3_000,
      appended: 0,
      unchanged: 3_000,
      rejected: 0,
    });
  });

  it('that broke off is taken up where it was, with the same commands', async () => {
    const whole = await importText(many);
    const target = new FakeTarget();
    target.before = () => {
      if (target.records.size === 1_000) throw new Error('killed');
    };
    await expect(importText(many, undefined, { target })).rejects.toThrow('killed');
    target.before = () => {};
    const { summary } = await importText(many, undefined, { target });
    expect(summary.appended + summary.unchanged).toBe(3_000);
    expect(summary.unchanged).toBeGreaterThan(900);
    // As text, because Jest compares maps pair by pair.
    expect(JSON.stringify([...target.records].sort())).toBe(JSON.stringify([...whole.target.records].sort()));
  });

  it('gives each record a command id of its own, another one in each run', async () => {
    const runs = [await importText(many), await importText(many)];
    const ids = runs.flatMap(({ target }) => target.calls.map(({ meta }) => meta.commandId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('records purchases of a customer who exists with another content, and does not acquire again', async () => {
    const target = new FakeTarget();
    target.records.set(`customer-${customerId('7')}`, 'came by HTTP');
    const { summary } = await importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { target });
    expect(summary).toMatchObject({ customers: 1, appended: 1, rejected: 0 });
  });

  it('records purchases under the id of the customer who has claimed the identity', async () => {
    const target = new FakeTarget();
    const owner = newId();
    target.acquire = async () => ({ appended: 0, customerId: owner });
    await importText(orders('A1,7,2020-01-01,x,1,1', 'A2,7,2020-01-01,x,1,1'), undefined, { target });
    expect(target.purchases().map((data) => data.customerId)).toEqual([owner, owner]);
  });

  it('rejects a purchase that exists with another content', async () => {
    const target = new FakeTarget();
    await importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { target });
    const { summary, rejects } = await importText(orders('A1,7,2020-01-01,x,1,2'), undefined, { target });
    expect(summary).toMatchObject({ appended: 0, unchanged: 0, rejected: 1, purchases: 0, amount: {} });
    expect(rejects.rows[0]!.reason).toMatch(/exists already, with another content/);
  });

  it('rejects what the domain refuses, writes rejects in the order of the file and goes on', async () => {
    const target = new FakeTarget();
    target.before = async ({ type, meta }) => {
      if (meta.line % 2 === 0) await new Promise(setImmediate);
      if (type === 'purchase' && meta.line < 20)
        throw new RuleViolation('invalid', 'some-rule', 'is too late', 'occurredAt');
    };
    const { rejects, summary, firstRejects } = await importText(many, undefined, { target });
    expect(rejects.rows.map(({ line }) => line)).toEqual(Array.from({ length: 18 }, (_, n) => n + 2));
    expect(rejects.rows[0]!.reason).toBe('occurredAt: is too late');
    expect(firstRejects.map(({ row }) => row.line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(summary).toMatchObject({ rejected: 18, appended: 2_982 });
  });

  it('waits for the last position that it appended at, or found', async () => {
    const waited: bigint[] = [];
    const wait = async (position: bigint) => void waited.push(position);
    const { target } = await importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { wait });
    await importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { target, wait });
    expect(waited).toEqual([2n, 2n]);
  });

  it('tries again while the connection is lost, and loses nothing', async () => {
    const target = new FakeTarget();
    let failures = 5;
    target.before = () => {
      if (failures-- > 0) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    const { summary, clock } = await importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { target });
    expect(summary).toMatchObject({ appended: 1, rejected: 0 });
    expect(clock.now).toBe(100 + 200 + 400 + 800 + 1_600);
  });

  it('gives up when the server is away for a minute', async () => {
    const target = new FakeTarget();
    target.before = () => {
      throw new UnavailableError(new Error('no connection') as ServiceError);
    };
    await expect(importText(orders('A1,7,2020-01-01,x,1,1'), undefined, { target })).rejects.toThrow(ServerAway);
  });

  it('ends at once with an error that is none of the rows', async () => {
    const target = new FakeTarget();
    target.before = () => {
      throw new TypeError('a bug');
    };
    await expect(importText(many, undefined, { target })).rejects.toThrow('a bug');
  });
});

describe('A lost connection', () => {
  it('is known by the error of the client, by its code or by its cause', () => {
    const refused = Object.assign(new Error('y'), { code: 'ECONNREFUSED' });
    expect(isPassing(new Error('x', { cause: refused }))).toBe(true);
    expect(isPassing(new UnavailableError(new Error('x') as ServiceError))).toBe(true);
    expect(isPassing(new Error('x'))).toBe(false);
    expect(isPassing('x')).toBe(false);
  });
});

describe('Chains', () => {
  it('run no more tasks at once than they may, and read no further ahead than they may', async () => {
    const chains = new Chains(3, 10);
    let running = 0;
    let most = 0;
    let added = 0;
    let done = 0;
    for (let n = 0; n < 100; n++) {
      await chains.add(String(n % 7), async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        done++;
      });
      added++;
      expect(added - done).toBeLessThanOrEqual(10);
    }
    await chains.drain();
    expect({ most, done }).toEqual({ most: 3, done: 100 });
  });
});

describe('A set of ids', () => {
  it('holds what was added and nothing else, also after it has grown', () => {
    const set = new IdSet();
    const ids = Array.from({ length: 20_000 }, (_, n) => derivedId('test', String(n)));
    expect(ids.every((id) => set.add(id))).toBe(true);
    expect(ids.some((id) => set.add(id))).toBe(false);
    expect(set.size).toBe(20_000);
    expect(ids.every((id) => set.has(id))).toBe(true);
    expect(set.has(newId())).toBe(false);
  });
});
