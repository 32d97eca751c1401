import { ColumnFinder, type Row } from './columns.js';
import { csvRow } from './csv.js';
import { tableLines } from './printed-table.js';
import { Spool } from './spool.js';

function columnsOf(...rows: Row[]) {
  const finder = new ColumnFinder();
  for (const row of rows) finder.add(row);
  return finder.columns;
}

describe('the columns of rows', () => {
  it('are in the order in which their names first came up', () => {
    expect(columnsOf({ b: 1 }, { a: 1, b: 2 }).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it.each([
    [[1, 2], 'integer'],
    [[1, 0.5], 'number'],
    [[1, 2 ** 60], 'number'],
    [[true, null], 'boolean'],
    [['x', 1], 'text'],
    [[true, 1], 'text'],
    [[{ x: 1 }, 'x'], 'json'],
    [[[1], undefined], 'json'],
    [[null], 'text'],
  ])('hold all of %j as %s', (values, type) => {
    expect(columnsOf(...values.map((value) => ({ value })))).toEqual([{ name: 'value', type }]);
  });
});

describe('a row as CSV', () => {
  it('quotes what would end a field, and leaves empty what is missing', () => {
    const row = { a: 'x,y', b: 'say "no"', c: 'two\nlines', d: null, f: { g: [1] } };
    const columns = columnsOf({ ...row, e: 1 });
    expect(csvRow(columns, row)).toBe('"x,y","say ""no""","two\nlines",,"{""g"":[1]}",\r\n');
  });
});

describe('a printed table', () => {
  it('is aligned, numbers to the right, and stays on its lines', () => {
    const rows = [
      { name: 'Hoa', count: 7 },
      { name: 'Nguyễn\nLan', count: 1_000 },
    ];
    expect(tableLines(columnsOf(...rows), rows)).toEqual([
      'name         count',
      '───────────  ─────',
      'Hoa              7',
      'Nguyễn\\nLan   1000',
    ]);
  });
});

describe('a spool', () => {
  it('gives back the rows that it was given, and their columns', async () => {
    const spool = new Spool();
    try {
      const rows = Array.from({ length: 20_000 }, (_, at) => ({ at, text: 'x'.repeat(20) }));
      for (const row of rows) await spool.add(row);
      await spool.end();
      const back: Row[] = [];
      for await (const row of spool.rows()) back.push(row);
      expect(back).toEqual(rows);
      expect([spool.size, spool.columns.length]).toEqual([20_000, 2]);
    } finally {
      spool.remove();
    }
  });
});
