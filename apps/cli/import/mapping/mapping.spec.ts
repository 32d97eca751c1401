import { InvalidFields } from '#contracts/validation.js';
import { importText, ORDERS_HEADER, ordersMapping, tempFile } from '../import.fixtures.js';
import { parseMapping, readMapping } from './mapping-file.js';

const purchase = ordersMapping().purchase as Record<string, unknown>;
const line = purchase.line as Record<string, unknown>;

describe('A mapping', () => {
  const wrong: [string, Record<string, unknown>][] = [
    ['kind', { kind: 'invoices' }],
    ['source', { source: 'my shop' }],
    ['reader.format', { reader: { format: 'xlsx' } }],
    ['reader.columns', { reader: { format: 'delimited' } }],
    ['reader.columns', { reader: { format: 'delimited', columns: ['a', 'a'] } }],
    ['reader.positions', { reader: { format: 'fixed' } }],
    ['reader.delimiter', { reader: { format: 'delimited', header: true, delimiter: '||' } }],
    ['reader.delimiter', { reader: { format: 'whitespace', header: true, delimiter: ',' } }],
    ['reader.quote', { reader: { format: 'delimited', header: true, delimiter: '"' } }],
    ['reader.heading', { reader: { format: 'delimited', heading: true } }],
    ['customer', { customer: undefined }],
    ['customer', { customer: [] }],
    ['purchase.date.format', { purchase: { ...purchase, date: { column: 'date', format: 'yyyymmdd' } } }],
    ['purchase.date.timeZone', { purchase: { ...purchase, date: { column: 'date', timeZone: 'Mars' } } }],
    ['purchase.line.quantity', { purchase: { ...purchase, line: { ...line, quantity: undefined } } }],
    ['returns.negativeQuantity', { returns: { negativeQuantity: 'ignore' } }],
  ];

  it.each(wrong)('that is wrong at %s is refused by that name', (field, changes) => {
    try {
      parseMapping(ordersMapping(changes));
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidFields);
      expect((error as InvalidFields).fields.map((one) => one.field)).toContain(field);
      return;
    }
    throw new Error('It was accepted.');
  });

  const misfits: [string, Record<string, unknown>][] = [
    ['purchase.date.column', { purchase: { ...purchase, date: { column: 'day' } } }],
    ['purchase.line.quantity', { purchase: { ...purchase, line: { ...line, quantity: {} } } }],
    ['purchase.currency', { purchase: { ...purchase, currency: { column: 'date', constant: 'USD' } } }],
    ['purchase.line.total', { purchase: { ...purchase, line: { ...line, total: undefined } } }],
    ['purchase.externalId', { purchase: { ...purchase, externalId: undefined } }],
  ];

  it.each(misfits)('that does not fit the file at %s is refused before the first row', async (field, changes) => {
    await expect(importText(`${ORDERS_HEADER}\n`, ordersMapping(changes))).rejects.toMatchObject({
      fields: [expect.objectContaining({ field })],
    });
  });

  it('tells which columns there are when it names another', async () => {
    const mapping = ordersMapping({ purchase: { ...purchase, date: { column: 'day' } } });
    await expect(importText(`${ORDERS_HEADER}\n`, mapping)).rejects.toThrow(
      /no column "day"; it has "order", "customer", "date"/,
    );
  });

  it('that is wrong or no JSON is an error of usage that names the file and the field', async () => {
    const file = tempFile(JSON.stringify(ordersMapping({ source: '' })), 'mapping.json');
    await expect(readMapping(file)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/mapping\.json.*source/),
    });
    await expect(readMapping(tempFile('{', 'mapping.json'))).rejects.toMatchObject({ exitCode: 2 });
    await expect(readMapping('/nowhere.json')).rejects.toMatchObject({ exitCode: 2 });
  });
});
