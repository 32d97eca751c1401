import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { externalId } from '#contracts/ids.js';
import type { CustomerPurchased } from '#contracts/purchase.events.js';
import { SHARED_DATA, withSharedData } from '../testing/shared-data.js';
import { FakeClock, FakeRejects, FakeTarget } from './import.fixtures.js';
import { parseMapping } from './mapping/mapping-file.js';
import { openRows } from './reading/row-source.js';
import { noProgress } from './running/progress.js';
import { runImport } from './running/run-import.js';

const root = resolve(import.meta.dirname, '../../..');
const file = join(SHARED_DATA, 'cdnow/CDNOW_master.txt');

withSharedData('The CDNOW file by its mapping', () => {
  it('comes to the published figures, and to nothing new when it is imported again', async () => {
    const mapping = parseMapping(JSON.parse(readFileSync(join(root, 'docs/examples/imports/cdnow.json'), 'utf8')));
    const target = new FakeTarget();
    const rejects = new FakeRejects();
    const run = async () =>
      runImport(
        { mapping, input: await openRows(file, mapping.reader), file: 'CDNOW_master.txt' },
        { target, rejects, clock: new FakeClock(), progress: noProgress },
      );

    const first = await run();
    expect(first.summary).toEqual({
      rows: 69_659,
      customers: 23_570,
      purchases: 69_659,
      amount: { USD: 250_031_563 },
      appended: 69_659,
      unchanged: 0,
      rejected: 0,
      seconds: 0,
    });
    let cds = 0;
    let largest = 0;
    const ofLargest = externalId('customer', { system: 'cdnow', id: '07592' });
    for (const purchase of target.purchases()) {
      cds += purchase.lines[0]!.quantity;
      if (purchase.customerId === ofLargest) largest += purchase.total;
    }
    expect({ cds, largest }).toEqual({ cds: 167_881, largest: 1_399_093 });
    const [second] = target.ofType('purchase').filter(({ meta }) => meta.line === 2);
    expect(second!.id).toBe(externalId('purchase', { system: 'cdnow', id: '2' }));
    expect((second!.data as CustomerPurchased).lines).toEqual([
      { lineId: '1', name: 'CD', kind: 'product', quantity: 1, total: 1_177 },
    ]);
    expect(target.records.size).toBe(23_570 + 69_659);

    const again = await run();
    expect(again.summary).toEqual({ ...first.summary, appended: 0, unchanged: 69_659 });
    expect(target.records.size).toBe(23_570 + 69_659);
    expect(rejects.rows).toEqual([]);
  }, 300_000);
});
