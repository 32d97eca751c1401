import { rule } from '#contracts/fields.js';
import { type Cursor, SORTS, type Sort } from '#read-models/customer-list/customer-list.query.js';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const DATES = SORTS.filter((sort) => sort.endsWith('At')).join('|');
/** Milliseconds within what a timestamp holds, and any value. */
const CURSOR = new RegExp(`^(?:(customerId)\\.|(-?value)\\.(-?[0-9]{1,16})|(${DATES})\\.(-?[0-9]{1,14}))\\.(${UUID})$`);

/** Where the page before ended: its `next`. */
export const ListPlace = (): PropertyDecorator =>
  rule('cursor', (value) => typeof value === 'string' && CURSOR.test(value), 'must be the `next` of a page', {
    type: 'string',
    pattern: CURSOR.source,
  });

export function cursorText({ sort, key, customerId }: Cursor): string {
  return `${sort}.${key ?? ''}.${customerId}`;
}

/** What `cursorText` told. */
export function cursorIn(text: string): Cursor {
  const [, byId, byValue, value, byDate, date, customerId] = CURSOR.exec(text)!;
  const key = value ?? date;
  const sort = (byId ?? byValue ?? byDate) as Sort;
  return { sort, key: key === undefined ? null : Number(key), customerId: customerId! };
}
