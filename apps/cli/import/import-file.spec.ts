import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Output } from '../output.js';
import { FakeClock, FakeTarget, ORDERS_HEADER, ordersMapping, tempFile } from './import.fixtures.js';
import { type ImportArguments, importFile } from './import-file.js';
import { defaultRejectFile } from './running/rejects.js';

class FakeOutput extends Output {
  readonly notices: string[] = [];
  readonly results: object[] = [];
  readonly lines: string[] = [];

  override notice(line: string): void {
    this.notices.push(line);
  }

  override result(value: object, lines: readonly string[]): void {
    this.results.push(value);
    this.lines.push(...lines);
  }
}

async function run(
  content: string,
  {
    target = new FakeTarget(),
    mapping = ordersMapping(),
    ...args
  }: Partial<Omit<ImportArguments, 'mapping'>> & { target?: FakeTarget; mapping?: Record<string, unknown> } = {},
) {
  const file = args.file ?? tempFile(content);
  const rejects = args.rejects ?? join(dirname(file), 'bad.csv');
  const output = new FakeOutput(true);
  const waited: bigint[] = [];
  let connected = 0;
  const connect = async () => {
    connected++;
    return {
      target,
      wait: async (position: bigint) => void waited.push(position),
      close: async () => void connected--,
    };
  };
  const code = await importFile(
    { file, mapping: tempFile(JSON.stringify(mapping), 'mapping.json'), dryRun: false, wait: true, ...args, rejects },
    { connect, businessDate: () => '2026-01-01', clock: new FakeClock(), output },
  );
  return { code, output, rejects, target, waited, connected, file };
}

const good = `${ORDERS_HEADER}\nA1,7,2020-01-01,x,1,1.50\n`;
const bad = `${ORDERS_HEADER}\r\nA1,7,2020-01-01,x,1,1.50\r\nA2,7,2020-01-02,"x, y",1,\r\nA3,7,not a day,x,1,1\r\n`;

describe('rapport import', () => {
  it('ends with 0 when every row is recorded, writes no reject file, waits and closes the connection', async () => {
    const { code, output, rejects, waited, connected } = await run(good);
    expect(code).toBe(0);
    expect(existsSync(rejects)).toBe(false);
    expect(waited).toEqual([2n]);
    expect(connected).toBe(0);
    expect(output.results).toEqual([
      {
        rows: 1,
        customers: 1,
        purchases: 1,
        amount: { USD: 150 },
        returns: 0,
        refunded: {},
        appended: 1,
        unchanged: 0,
        rejected: 0,
        seconds: 0,
      },
    ]);
    expect(output.lines).toEqual([
      '1 rows in 0 s: 1 appended, 0 unchanged, 0 rejected',
      '1 customers, 1 purchases, 1.50 USD',
      '0 returns',
    ]);
  });

  it('does not wait with --no-wait', async () => {
    expect((await run(good, { wait: false })).waited).toEqual([]);
  });

  it('ends with 1 when rows are rejected, and keeps them as they stood, with their reasons beside them', async () => {
    const { code, output, rejects } = await run(bad);
    expect(code).toBe(1);
    expect(readFileSync(rejects, 'utf8')).toBe(
      `${ORDERS_HEADER}\r\nA2,7,2020-01-02,"x, y",1,\r\nA3,7,not a day,x,1,1\r\n`,
    );
    expect(readFileSync(`${rejects}.reasons.csv`, 'utf8')).toBe(
      'line,reason\n' +
        '3,"column total (purchase.line.total) is empty"\n' +
        '4,"column date (purchase.date) must be a date as 2026-01-31 or 2026-01-31T08:15:00Z, not ""not a day"""\n',
    );
    expect(output.notices[0]).toBe('line 3: column total (purchase.line.total) is empty');
    expect(output.notices.at(-1)).toContain(rejects);
  });

  it('takes a corrected reject file with the same mapping', async () => {
    const { rejects, target } = await run(bad);
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace(',1,\r', ',1,2\r').replace('not a day', '2020-01-03'));
    const { code } = await run('', { file: rejects, rejects: `${rejects}.again`, target });
    expect(code).toBe(0);
    expect(target.purchases().map(({ total }) => total)).toEqual([150, 200, 100]);
  });

  it('keeps the line numbers of rejected rows where they are the identity', async () => {
    const purchase = { ...(ordersMapping().purchase as object), externalId: undefined, grouped: false };
    const mapping = ordersMapping({ purchase });
    const { rejects, target } = await run(bad, { mapping });
    const text = readFileSync(rejects, 'utf8').replace(',1,\r', ',1,2\r').replace('not a day', '2020-01-03');
    writeFileSync(rejects, text);
    await run('', { mapping, file: rejects, rejects: `${rejects}.again`, target });
    expect(target.ofType('purchase').map(({ meta }) => meta.line)).toEqual([2, 3, 4]);
    writeFileSync(rejects, text.replace(/A2.*\r\n/, ''));
    const again = run('', { mapping, file: rejects, rejects: `${rejects}.again`, target });
    await expect(again).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('Correct rows in place'),
    });
  });

  it('decides and appends nothing with --dry-run, without any server', async () => {
    const content = `${ORDERS_HEADER}\nA1,7,2020-01-01,x,1,1.50\nA2,7,2027-01-01,x,1,1\nA1,7,2020-01-01,x,1,2\nA3,7,2020-01-01,x,1,1\nA1,7,2020-01-01,x,1,1.50\n`;
    const { code, output, target, waited } = await run(content, { dryRun: true });
    expect(code).toBe(1);
    expect(target.calls).toEqual([]);
    expect(waited).toEqual([]);
    expect(output.results[0]).toMatchObject({ rows: 5, appended: 2, unchanged: 1, rejected: 2, dryRun: true });
    expect(output.notices.slice(0, 2)).toEqual([
      expect.stringMatching(/^line 3: occurredAt: .* is after the business date 2026-01-01/),
      expect.stringMatching(/^line 4: a record with this identity exists already/),
    ]);
  });

  it('ends with 2 when the file or the mapping is wrong, or rejects would overwrite what is read', async () => {
    await expect(run(good, { file: '/nowhere.csv' })).rejects.toMatchObject({ exitCode: 2 });
    await expect(run(good, { mapping: ordersMapping({ source: '' }) })).rejects.toMatchObject({ exitCode: 2 });
    await expect(run('no,such,columns\n')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('customer.externalId.column'),
    });
    const file = tempFile(good);
    await expect(run('', { file, rejects: file })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('ends with 3 when a server cannot be reached', async () => {
    const target = new FakeTarget();
    target.before = () => {
      throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:2113'), { code: 'ECONNREFUSED' });
    };
    await expect(run(good, { target })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('names the reject file after the file, and leaves one that is there alone', () => {
    const directory = dirname(tempFile('', 'orders.rejected.csv'));
    expect(defaultRejectFile('/data/other.csv.gz', directory)).toBe(join(directory, 'other.rejected.csv'));
    expect(defaultRejectFile('/data/orders.csv', directory)).toBe(join(directory, 'orders.rejected.2.csv'));
  });
});
