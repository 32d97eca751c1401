import type { KafkaMessage, Message } from 'kafkajs';
import {
  type DeadLetter,
  deadLetterTopic,
  entryOf,
  letterGoneMessage,
  letterMessage,
  markerMessage,
  retryAskedMessage,
  retryDoneMessage,
} from './dead-letter.js';
import { DeadLetterTable } from './dead-letter-table.js';
import { sourceRecord } from './testing/records.js';

const AT = '2026-06-15T10:00:00.000Z';

describe('an entry of a dead-letter topic', () => {
  it.each([
    ['a failed record', { record: sourceRecord({ offset: 7n }), reason: 'failed', error: 'Error: No.', at: AT }],
    ['a record without a value', { record: sourceRecord({ value: null }), reason: 'invalid', at: AT }],
    ['a record with an empty value', { record: sourceRecord({ value: Buffer.alloc(0) }), reason: 'invalid', at: AT }],
    ['a record without a key', { record: sourceRecord({ key: '' }), reason: 'follows', at: AT }],
  ] as [string, DeadLetter][])('brings back %s as it was', (_, letter) => {
    expect(entryOf(letter.record.partition, asRead(letterMessage(letter)))).toEqual({ kind: 'letter', letter });
  });

  it('says that a letter is gone, or that a retry is asked for or done, or only marks a place', () => {
    expect(entryOf(0, asRead(letterGoneMessage(7n)))).toEqual({ kind: 'letter-gone', offset: 7n });
    expect(entryOf(0, asRead(retryAskedMessage('a/b', AT)))).toEqual({ kind: 'retry-asked', key: 'a/b' });
    expect(entryOf(0, asRead(retryDoneMessage('')))).toEqual({ kind: 'retry-done', key: '' });
    expect(entryOf(0, asRead(markerMessage('m')))).toEqual({ kind: 'marker', id: 'm' });
    expect(entryOf(0, asRead({ key: 'else', value: 'x' }))).toBeUndefined();
  });

  it('cuts an error that would make the record too large', () => {
    const { headers } = letterMessage({ record: sourceRecord(), reason: 'failed', error: 'x'.repeat(1e6), at: AT });
    expect(String(headers!.dlt_error)).toHaveLength(2_000);
  });

  it('is in a topic named after the group, whose id must do for a name', () => {
    expect(deadLetterTopic('t', 'shipping')).toBe('t.shipping.dlt');
    expect(() => deadLetterTopic('t', 'a b')).toThrow('use letters');
  });
});

describe('the table of dead letters', () => {
  const first: DeadLetter = { record: sourceRecord({ offset: 1n, key: 'a' }), reason: 'failed', at: AT };
  const second: DeadLetter = { record: sourceRecord({ offset: 2n, key: 'a' }), reason: 'follows', at: AT };

  it('has those of a key in the order of their topic, however they came', () => {
    const table = new DeadLetterTable();
    table.apply(0, 5n, { kind: 'letter', letter: second });
    table.apply(0, 6n, { kind: 'letter', letter: first });
    expect(table.letters(0, 'a')).toEqual([first, second]);
    expect(table.holds(0, 'a')).toBe(true);
    expect(table.holds(0, 'b')).toBe(false);
    expect(table.holds(1, 'a')).toBe(false);
  });

  it('does not bring back a letter that went before its writing was told', () => {
    const table = new DeadLetterTable();
    table.apply(0, 6n, { kind: 'letter-gone', offset: 1n });
    table.apply(0, 5n, { kind: 'letter', letter: first });
    expect(table.holds(0, 'a')).toBe(false);
    table.apply(0, 7n, { kind: 'letter', letter: first });
    expect(table.holds(0, 'a')).toBe(true);
  });

  it('knows for which keys a retry is asked', () => {
    const table = new DeadLetterTable();
    table.apply(0, 1n, { kind: 'retry-asked', key: 'a' });
    table.apply(0, 2n, { kind: 'retry-asked', key: 'b' });
    table.apply(0, 3n, { kind: 'retry-done', key: 'a' });
    table.apply(0, 1n, { kind: 'retry-asked', key: 'a' });
    expect(table.asked(0)).toEqual(['b']);
  });
});

function asRead({ key, value, headers }: Message): KafkaMessage {
  const bytes = (text: unknown) => (text === null || Buffer.isBuffer(text) ? text : Buffer.from(String(text)));
  const entries = Object.entries(headers ?? {}).map(([name, text]) => [name, bytes(text)]);
  return { key: bytes(key), value: bytes(value), headers: Object.fromEntries(entries) } as unknown as KafkaMessage;
}
