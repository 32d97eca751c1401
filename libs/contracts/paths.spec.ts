import { valueAt, without, withValueAt } from './paths.js';

describe('a path into an object', () => {
  const object = { name: 'Hoa', person: { fullName: 'Hoa Nguyễn', gender: 'female' }, nothing: null };

  it('leads to a value, and to undefined where something on the way is missing or null', () => {
    expect(valueAt(object, 'person.fullName')).toBe('Hoa Nguyễn');
    expect(valueAt(object, 'person.birthDate')).toBeUndefined();
    expect(valueAt(object, 'nothing.at.all')).toBeUndefined();
  });

  it('replaces a value in a copy', () => {
    expect(withValueAt(object, 'person.fullName', 'Lan')).toEqual({
      ...object,
      person: { fullName: 'Lan', gender: 'female' },
    });
    expect(object.person.fullName).toBe('Hoa Nguyễn');
  });

  it('takes values out of a copy, and leaves the object as it is where there is none', () => {
    expect(without(object, ['name', 'person.fullName'])).toEqual({ person: { gender: 'female' }, nothing: null });
    expect(without(object, ['address.city'])).toBe(object);
  });
});
