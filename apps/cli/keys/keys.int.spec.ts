import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aCustomer } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { Launched } from '../up/testing/launched.js';

const PROGRAM = join(import.meta.dirname, '../../../dist/apps/cli/main.js');

let system: RunningSystem;
let data: string;

beforeAll(async () => {
  system = await RunningSystem.start();
  data = mkdtempSync(join(tmpdir(), 'rapport-keys-'));
}, 90_000);

afterAll(async () => {
  await system?.stop();
  if (data) rmSync(data, { recursive: true, force: true });
});

async function rapport(...args: string[]) {
  const command = Launched.node(PROGRAM, [...args, '--json'], {
    RAPPORT_DATA: data,
    DATABASE_URL: system.servers.databaseUrl,
    RAPPORT_PORT: String(system.http.port),
    RAPPORT_API_KEY: system.http.apiKey,
  });
  const exitCode = await command.exit;
  const result = (command.stdout ? JSON.parse(command.stdout) : undefined) as Record<string, unknown> | undefined;
  return { exitCode, result, stderr: command.stderr };
}

const acquire = (apiKey: string) => system.http.post('/customers', aCustomer(), { authorization: `Bearer ${apiKey}` });

describe('rapport keys', () => {
  it('makes a key that works at once, lists it without itself, and revokes it', async () => {
    const made = await rapport('keys', 'create', 'till-7', '--role', 'agent', '--outlet', 'hanoi-1');
    expect(made).toMatchObject({ exitCode: 0, result: { name: 'till-7', role: 'agent' } });
    const apiKey = String(made.result!.apiKey);
    const { body } = await acquire(apiKey);
    expect((await system.store.load(`customer-${body.id}`))[0]!.metadata.actor).toEqual({
      id: 'till-7',
      kind: 'employee',
      outletId: 'hanoi-1',
    });
    const listed = await rapport('keys', 'list');
    expect(listed.result!.keys).toContainEqual({
      name: 'till-7',
      role: 'agent',
      department: null,
      outletId: 'hanoi-1',
      createdAt: expect.any(String),
    });
    expect(JSON.stringify(listed.result)).not.toContain(apiKey);
    expect(await rapport('keys', 'revoke', 'till-7')).toMatchObject({ exitCode: 0, result: { revoked: true } });
    expect((await rapport('keys', 'revoke', 'till-7')).exitCode).toBe(1);
  });

  it('refuses a second key of a name, in one line', async () => {
    await rapport('keys', 'create', 'twice', '--role', 'service');
    const again = await rapport('keys', 'create', 'twice', '--role', 'admin');
    expect([again.exitCode, again.result]).toEqual([1, undefined]);
    expect(JSON.parse(again.stderr)).toEqual({ error: expect.stringContaining('There is a key twice already') });
  });

  it.each([
    [['keys', 'create', 'x']],
    [['keys', 'create', 'x', '--role', 'root']],
    [['keys', 'create', '', '--role', 'agent']],
    [['keys', 'create', 'a\nb', '--role', 'agent']],
    [['erase', 'x:1']],
    [['erase', 'x:1', '--reason', ' ']],
  ])('refuses %j with exit code 2', async (args) => {
    expect((await rapport(...args)).exitCode).toBe(2);
  });
});

describe('rapport erase', () => {
  it('erases a customer by what another system knows it by', async () => {
    const record = aCustomer({ externalIdentity: { system: 'shop', id: 'erase me' } });
    const { id } = (await system.http.post('/customers', record)).body;
    const erased = await rapport('erase', 'shop:erase me', '--reason', 'Asked for');
    expect(erased).toMatchObject({ exitCode: 0, result: { id, revision: 1 } });
    const [acquired, event] = await system.store.load(`customer-${id}`);
    expect(acquired!.data).not.toHaveProperty('name');
    expect(event).toMatchObject({ type: 'CustomerErased', data: { reason: 'Asked for' } });
  });

  it('tells what the API answers about nobody', async () => {
    const refused = await rapport('erase', 'shop:nobody', '--reason', 'Asked for');
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stderr)).toEqual({ error: expect.stringContaining('There is no customer') });
  });
});
