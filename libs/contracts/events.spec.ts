import { eventDeclarations, idInStream, streamCategories, streamOf } from './events.js';
import { personalFieldsOf } from './personal-data.js';
import { fieldsOf } from './validation.js';

describe('the declared events', () => {
  it('have names of their own across all categories', () => {
    const names = Object.values(streamCategories).flatMap((events) => Object.keys(events));
    expect(eventDeclarations.size).toBe(names.length);
  });

  it('declare at least one field each, so that an unknown one is refused', () => {
    for (const { data } of eventDeclarations.values()) expect(fieldsOf(data).size).toBeGreaterThan(0);
  });

  it('mark what is personal, and only declared fields', () => {
    const marked = [...eventDeclarations.values()].flatMap(({ type, data }) => {
      const fields = [...personalFieldsOf(data)];
      expect([...fieldsOf(data)]).toEqual(expect.arrayContaining(fields));
      return fields.map((field) => `${type}.${field}`);
    });
    expect(marked).toEqual([
      'CustomerAcquired.name',
      'CustomerComplained.description',
      'CustomerComplained.desiredOutcome',
    ]);
  });

  it('stand in streams whose names give the id back', () => {
    expect(streamOf('customer', 'a-b')).toBe('customer-a-b');
    expect(idInStream('customer-a-b')).toBe('a-b');
    expect(idInStream('foreign')).toBe('foreign');
  });
});
