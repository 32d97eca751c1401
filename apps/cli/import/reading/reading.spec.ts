import { gzipSync } from 'node:zlib';
import { tempFile } from '../import.fixtures.js';
import type { ReaderMapping } from '../mapping/reader-mapping.js';
import type { Row } from './row.js';
import { openRows } from './row-source.js';

async function read(content: string | Buffer, reader: ReaderMapping, name?: string) {
  const source = await openRows(tempFile(content, name), reader);
  const rows: Row[] = [];
  for await (const batch of source.rows) rows.push(...batch);
  return { columns: source.columns, head: source.head.map(String), rows, bytesRead: source.bytesRead() };
}

const table: ReaderMapping = { format: 'delimited', header: true };
const valuesOf = ({ rows }: { rows: Row[] }) => rows.map(({ values }) => values);
const linesOf = ({ rows }: { rows: Row[] }) =>
  rows.map(({ line, problem }) => (problem ? `${line}: ${problem}` : line));

describe('Reading a file', () => {
  it('takes the names of the columns from the header and gives each row its line in the file', async () => {
    const file = await read('a,b\n1,2\n\n3,4', table);
    expect(file.columns).toEqual(['a', 'b']);
    expect(file.head).toEqual(['a,b']);
    expect(valuesOf(file)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(linesOf(file)).toEqual([2, 4]);
  });

  it('reads CRLF line ends, and keeps them in the raw row', async () => {
    const file = await read('a,b\r\n1,2\r\n', table);
    expect(file.columns).toEqual(['a', 'b']);
    expect(valuesOf(file)).toEqual([['1', '2']]);
    expect(file.rows[0]!.raw.toString()).toBe('1,2\r');
  });

  it('passes a byte order mark over', async () => {
    expect((await read('\ufeffa,b\n1,2\n', table)).columns).toEqual(['a', 'b']);
  });

  it('refuses UTF-16 with a hint', async () => {
    await expect(read(Buffer.from('\ufeffa,b\n', 'utf16le'), table)).rejects.toThrow(/UTF-16.*iconv/);
  });

  it('reads gzip by its first bytes, whatever the name, and counts compressed bytes', async () => {
    const zipped = gzipSync('a,b\n1,2\n');
    const file = await read(zipped, table, 'orders.csv');
    expect(valuesOf(file)).toEqual([['1', '2']]);
    expect(file.bytesRead).toBe(zipped.length);
  });

  it('reads a gzip file that is made of several', async () => {
    expect(valuesOf(await read(Buffer.concat([gzipSync('a\n1\n'), gzipSync('2\n')]), table))).toEqual([['1'], ['2']]);
  });

  it('says that a gzip file which is cut off cannot be read', async () => {
    const zipped = gzipSync('a,b\n1,2\n'.repeat(1000));
    await expect(read(zipped.subarray(0, zipped.length - 10), table)).rejects.toThrow(/Cannot read .*orders.csv/);
  });

  it('says that a file which is not there cannot be read', async () => {
    await expect(openRows('/nowhere/orders.csv', table)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('says that an empty file has no header', async () => {
    await expect(read('', table)).rejects.toThrow(/has no header line/);
  });

  it('makes a row of bytes that are not UTF-8 a bad one and reads on', async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xff]), Buffer.from('\n3,4\n')]);
    expect(linesOf(await read(content, table))).toEqual(['2: it holds bytes that are not UTF-8', 3]);
  });

  it('makes a row with another number of columns a bad one', async () => {
    expect(linesOf(await read('a,b\n1\n1,2,3\n1,2\n', table))).toEqual([
      '2: it has 1 columns instead of 2',
      '3: it has 3 columns instead of 2',
      4,
    ]);
  });

  it('reads quoted fields with separators, quotes and line ends in them', async () => {
    const file = await read('a,b\n"x, ""y""\nz",2\n3,"4"\n', table);
    expect(valuesOf(file)).toEqual([
      ['x, "y"\nz', '2'],
      ['3', '4'],
    ]);
    expect(linesOf(file)).toEqual([2, 4]);
    expect(file.rows[0]!.raw.toString()).toBe('"x, ""y""\nz",2');
  });

  it('does not let a quote that is never closed swallow the rows after it', async () => {
    expect(linesOf(await read('a,b\n1,"2\n3,4\n5,6\n', table))).toEqual(['2: a quote is opened and not closed', 3, 4]);
  });

  it('does not let it swallow them when a later row has quotes either', async () => {
    expect(linesOf(await read('a,b\n1,"2\n3,4\n5,"6"\n7,8\n', table))).toEqual([
      '2: a quote is opened and not closed',
      3,
      4,
      5,
    ]);
  });

  it('makes a quote inside an unquoted field a bad row', async () => {
    expect(linesOf(await read('a,b\n1,5" pipe\n3,"4"x\n5,6\n', table))).toEqual([
      '2: a quote stands inside a field that does not begin with one',
      '3: text follows a closing quote',
      4,
    ]);
  });

  it('takes quotes for text when the mapping says that there are none', async () => {
    expect(valuesOf(await read('a,b\n1,5" pipe\n', { ...table, quote: '' }))).toEqual([['1', '5" pipe']]);
  });

  it('takes another delimiter and quote, skips lines, and trims unless told not to', async () => {
    const reader: ReaderMapping = {
      format: 'delimited',
      delimiter: ';',
      quote: "'",
      skipLines: 2,
      columns: ['a', 'b'],
    };
    const content = "made by a shop\n\"unclosed\n 1 ; '2;3'\n";
    const file = await read(content, reader);
    expect(valuesOf(file)).toEqual([['1', '2;3']]);
    expect(file.head).toEqual(['made by a shop', '"unclosed']);
    expect(linesOf(file)).toEqual([3]);
    expect(valuesOf(await read(content.replace("'2;3'", 'x'), { ...reader, trim: false }))).toEqual([[' 1 ', ' x']]);
  });

  it('reads columns separated by runs of blanks', async () => {
    const file = await read(' id  date\r\n 00001 19970101\r\n00002\t19970112\r\n', {
      format: 'whitespace',
      header: true,
    });
    expect(file.columns).toEqual(['id', 'date']);
    expect(valuesOf(file)).toEqual([
      ['00001', '19970101'],
      ['00002', '19970112'],
    ]);
  });

  it('reads columns at fixed places, the last ones empty where a line ends early', async () => {
    const positions = [
      { name: 'id', start: 1, length: 5 },
      { name: 'text', start: 7, length: 4 },
    ];
    const file = await read('00001 ấm    \n00002\n', { format: 'fixed', positions });
    expect(file.columns).toEqual(['id', 'text']);
    expect(valuesOf(file)).toEqual([
      ['00001', 'ấm'],
      ['00002', ''],
    ]);
  });

  it('makes a line of more than a mebibyte a bad row without holding all of it', async () => {
    const file = await read(`a\n${'x'.repeat(3_000_000)}\n1\n`, table);
    expect(linesOf(file)).toEqual(['2: the line is longer than 1048576 bytes; the rest of it is left out', 3]);
    expect(file.rows[0]!.raw.length).toBe(1024 * 1024);
  });

  it('reads the same rows wherever the chunks end', async () => {
    const content = `a,b\n${Array.from({ length: 20_000 }, (_, n) => `${n},"ấm\n${n}"\n`).join('')}`;
    const file = await read(content, table);
    expect(file.rows.length).toBe(20_000);
    expect(file.rows.every(({ values, line }, n) => values[1] === `ấm\n${n}` && line === 2 + 2 * n)).toBe(true);
  });
});
