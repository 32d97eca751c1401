import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import pg from 'pg';
import { RunningSystem } from '../testing/running-system.js';

/** Nobody else is called that, here or anywhere; each word may stand alone, and as it is compared in a search. */
const WORDS = ['Zdzisławüx', 'Ælfgifuqvist', 'Thanhqxvũ'];
const NAME = WORDS.join(' ');
const COMPARED = ['zdzisławux', 'zdzislawux', 'ælfgifuqvist', 'thanhqxvu'];
const OTHER = 'Wilhelmxqina Other';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
}, 90_000);

afterAll(async () => {
  await system?.stop();
});

async function post(path: string, body: object) {
  const response = await fetch(`${system.addresses.api}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.addresses.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id: string; position: string };
  return { status: response.status, ...answer };
}

/** A text as it may stand in a file: in UTF-8, and as JSON may escape it. */
function writtenAs(text: string): Buffer[] {
  const escaped = text.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const upper = escaped.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`);
  return [text, escaped, upper].map((form) => Buffer.from(form));
}

/** The files of the data folder that hold one of the texts, by the folder below which they are. */
function filesWith(texts: string[]): string[] {
  const needles = texts.flatMap(writtenAs);
  return readdirSync(system.data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => needles.some((needle) => contentOf(file).includes(needle)))
    .map((file) => relative(system.data, file));
}

/** Nothing, where the file was removed since it was listed. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function inDatabase(statement: string): Promise<void> {
  const client = new pg.Client(system.addresses.database);
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** A customer who left traces wherever one can: views, what is computed of them, and searches. */
async function aPerson(name: string): Promise<string> {
  const body = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name };
  const { id } = await post('/customers', body);
  await post(`/customers/${id}/profile`, { person: { fullName: name, familyName: name.split(' ')[0] } });
  await post(`/customers/${id}/needs`, { statement: `${name} wants a roof`, expressed: 'stated' });
  const [word] = name.split(' ');
  const complaint = { issue: 'Late', severity: 'low', channel: 'web', description: `${name} waited, said ${word}` };
  const { position } = await post(`/customers/${id}/complaints`, complaint);
  const found = await system.get<{ customers: object[] }>(
    `/customers?search=${encodeURIComponent(name)}&position=${position}`,
  );
  expect(found.body.customers).toHaveLength(1);
  return id;
}

describe('rapport erase', () => {
  it('leaves the name of a person in no file of the data folder: store, topics, database, its log, logs', async () => {
    const id = await aPerson(NAME);
    const other = await aPerson(OTHER);
    // Statistics of the columns, and the files of the tables, as PostgreSQL makes them in its own time.
    await inDatabase('analyze');
    await inDatabase('checkpoint');
    const before = filesWith([...WORDS, ...COMPARED]);
    expect(before).toContainEqual(expect.stringMatching(/^postgres\/cluster\/base\//));
    expect(before).toContainEqual(expect.stringMatching(/^postgres\/cluster\/pg_wal\//));

    const erased = await system.run<object>('erase', id, '--reason', 'Asked for');
    expect(erased).toMatchObject({ exitCode: 0, result: { id, oldVersionsRemoved: true } });
    expect(filesWith([...WORDS, ...COMPARED])).toEqual([]);
    // It was looked for in the right way: somebody else is still found.
    expect(filesWith([OTHER])).toContainEqual(expect.stringMatching(/^postgres\/cluster\/base\//));
    expect((await system.get(`/customers/${other}/360`)).body).toMatchObject({ name: OTHER });
  }, 90_000);

  it('does the same for a customer who was erased over HTTP', async () => {
    const id = await aPerson(NAME);
    await post(`/customers/${id}/erase`, { reason: 'Asked for' });
    expect(filesWith(WORDS)).not.toEqual([]);
    expect((await system.run('erase', id, '--reason', 'Once more')).exitCode).toBe(0);
    expect(filesWith([...WORDS, ...COMPARED])).toEqual([]);
  }, 90_000);
});
