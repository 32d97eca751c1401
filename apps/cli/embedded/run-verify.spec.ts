import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '#platform/settings.js';
import { Output } from '../output.js';
import { runVerify, type Store } from './run-verify.js';

/** Keeps the result instead of printing it. */
class KeptOutput extends Output {
  value: object | undefined;

  override result(value: object): void {
    this.value = value;
  }
}

describe('the check of the stored records', () => {
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rapport-verify-'));
  });

  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const store = (name: string, body: string) => {
    mkdirSync(join(data, name));
    const module = join(data, `${name}-verify.mjs`);
    writeFileSync(module, `export async function verify(dataDir) { ${body} }`);
    return { key: name === 'event-store' ? 'eventStore' : name, name, title: name, module };
  };
  const verify = async (stores: Store[]) => {
    const output = new KeptOutput(true);
    const settings = readSettings({ RAPPORT_DATA: data });
    return { code: await runVerify({ output, settings, env: {}, isGiven: () => false }, stores), value: output.value };
  };

  it('tells what each store holds when all is whole', async () => {
    const stores = [store('event-store', 'return { events: dataDir.length }')];
    const events = join(data, 'event-store').length;
    expect(await verify(stores)).toEqual({ code: 0, value: { whole: true, eventStore: { events } } });
  });

  it('goes on after a corrupt store, and ends with exit code 1', async () => {
    const stores = [
      store('event-store', 'throw new Error("Record 7 is corrupt")'),
      store('kafka', 'return { records: 3 }'),
    ];
    expect(await verify(stores)).toEqual({
      code: 1,
      value: { whole: false, kafka: { records: 3 }, corrupt: { eventStore: 'Record 7 is corrupt' } },
    });
  });

  it('refuses a folder that holds nothing to check', async () => {
    await expect(verify([])).rejects.toMatchObject({ exitCode: 2 });
  });
});
