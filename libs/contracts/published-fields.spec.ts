import { PublishedFields } from './published-fields.js';

describe('the published fields', () => {
  it('leave out all that is marked as personal', () => {
    expect(PublishedFields.none.leftOut('ContactPointAdded')).toEqual(['value', 'raw']);
    expect(PublishedFields.none.leftOut('CustomerPurchased')).toEqual([]);
    expect(PublishedFields.none.leftOut('NotDeclared')).toEqual([]);
  });

  it('let in what configuration names, and nothing else', () => {
    const fields = PublishedFields.parse('ContactPointAdded.value, ProfileUpdated.address.city')!;
    expect(fields.leftOut('ContactPointAdded')).toEqual(['raw']);
    expect(fields.leftOut('ProfileUpdated')).not.toContain('address.city');
    expect(fields.leftOut('ProfileUpdated')).toContain('address.postalCode');
    expect(fields.leftOut('ProspectIdentified')).toEqual(['name']);
    expect(fields.lets('ContactPointAdded', 'value')).toBe(true);
    expect(fields.lets('ContactPointAdded', 'raw')).toBe(false);
  });

  it.each([
    'ContactPointAdded',
    'ContactPointAdded.valeu',
    'ContactPointAdded.medium',
    'Nothing.value',
    'value',
    'ContactPointAdded.value,',
  ])('refuse %s: it is no personal field', (text) => expect(PublishedFields.parse(text)).toBeUndefined());
});
