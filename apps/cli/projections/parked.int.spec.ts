import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { HttpClient } from '#apps/api/testing/http-client.js';
import { aCustomer } from '#apps/api/testing/requests.js';
import { createPool } from '#platform/database/pool.js';
import type { ParkedKey } from '#processing/parking/parked-list.js';
import type { Retried } from '#processing/parking/retry.js';
import { RunningSystem } from '../testing/running-system.js';

jest.setTimeout(180_000);

let system: RunningSystem;
let http: HttpClient;
let pool: Pool;

beforeAll(async () => {
  system = await RunningSystem.start();
  const { api, apiKey, database } = system.addresses;
  http = new HttpClient(Number(new URL(api).port), apiKey);
  pool = createPool(database);
});

afterAll(async () => {
  http?.close();
  await pool?.end();
  await system?.stop();
});

/** A customer of whom the view cannot be told, because the database refuses its name. */
async function parkedCustomer(name: string): Promise<{ id: string; position: string }> {
  await pool.query(`alter table views.customer_360 add constraint refused check (name is distinct from '${name}')`);
  const { body } = await http.post('/customers', aCustomer({ name }));
  return { id: body.id, position: body.position };
}

const mended = () => pool.query('alter table views.customer_360 drop constraint refused');
const view360 = (id: string, position: string) => http.get<object>(`/customers/${id}/360?position=${position}`);
const parked = <Result>(...args: string[]) => system.run<Result>('projections', 'parked', ...args);

describe('a customer whose events a view cannot take', () => {
  it('is refused with what to do, is listed, and is answered about when it was retried', async () => {
    const { id, position } = await parkedCustomer('Poisoned');
    const refused = await view360(id, position);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      type: 'urn:rapport:problem:customer-parked',
      rule: 'customer-parked',
      view: 'customer_360',
      position,
      detail: expect.stringContaining('rapport projections parked customer_360'),
    });
    const sound = await http.post('/customers', aCustomer());
    expect((await view360(sound.body.id, sound.body.position)).status).toBe(200);
    expect((await http.get(`/customers?position=${position}`)).status).toBe(200);

    const { result } = await parked<{ parked: ParkedKey[] }>('customer_360');
    expect(result.parked).toEqual([
      expect.objectContaining({ view: 'customer_360', key: id, customerId: id, events: 1, position: Number(position) }),
    ]);
    expect(result.parked[0]!.error).toContain('violates check constraint');
    const tooEarly = await parked<Retried>('customer_360', '--retry', id);
    expect(tooEarly.exitCode).toBe(1);
    expect(tooEarly.result).toMatchObject({ taken: 0, waiting: 1 });

    await mended();
    expect(await parked('customer_360', '--all')).toMatchObject({ exitCode: 0, result: { key: id, taken: 1 } });
    expect((await view360(id, position)).body).toMatchObject({ name: 'Poisoned' });
    expect((await view360(id, position)).body).not.toHaveProperty('dropped');
  });

  it('tells in its answers which events were dropped, and why', async () => {
    const { id, position } = await parkedCustomer('Dropped');
    expect((await view360(id, position)).status).toBe(409);
    const named = await http.post(`/customers/${id}/profile`, { name: 'Lan' });
    expect(named.status).toBe(200);
    const reason = 'The till made it up';
    const dropped = await parked<Retried>('customer_360', '--drop', id, '--reason', reason);
    expect(dropped).toMatchObject({ exitCode: 0, result: { key: id, taken: 1 } });
    await mended();
    const { body } = await view360(id, named.body.position);
    expect(body).toMatchObject({ name: 'Lan', dropped: [{ view: 'customer_360', position, reason }] });
  });

  it('is not retried by a command that does not say what it means', async () => {
    const [first, second] = [await parked('--all'), await parked('customer_360', '--drop', 'a-key')];
    expect([first.exitCode, second.exitCode]).toEqual([2, 2]);
    expect(first.stderr).toContain('Say in which view.');
    expect(second.stderr).toContain('--drop needs --reason');
    const unknown = await parked('customer_360', '--retry', 'nobody');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('Nothing is parked under nobody in customer_360.');
  });
});
