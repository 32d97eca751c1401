import { isUuid, newId } from '#contracts/ids.js';
import { InvalidFields } from '#contracts/validation.js';
import { addressOf, requestId } from './command-request.js';

describe('the id of a request', () => {
  it('is the caller’s when that is a UUID', () => {
    const id = newId();
    expect(requestId(id)).toBe(id);
  });

  it.each([undefined, '', 'x', newId().toUpperCase(), `${newId()}\r\nSet-Cookie: a=b`, [newId(), newId()]])(
    'is a new one when the caller says %j, which therefore reaches no header and no event',
    (header) => {
      const id = requestId(header);
      expect(isUuid(id)).toBe(true);
      expect(id).not.toBe(header);
    },
  );
});

describe('an address in a path', () => {
  it('that is none is refused by a sentence that names it', () => {
    expect(() => addressOf('customer', 'x')).toThrow(
      InvalidFields.one('id', 'address', 'must be a UUID in lower case, or SYSTEM:ID of a record from outside'),
    );
  });
});
