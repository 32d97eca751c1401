import { v5 } from 'uuid';
import { derivedId, externalId, newId, parseAddress } from './ids.js';

describe('a derived id', () => {
  it('is the UUIDv5 of the parts with their lengths', () => {
    for (const part of ['a', 'é', '💛', '', 'x'.repeat(1000)]) {
      expect(derivedId(part)).toBe(v5(`${part.length}:${part}`, 'b5f0c2f4-6a3e-5d0b-9c3e-6d1f0e7a9b21'));
    }
  });

  it('never changes: streams are found by it', () => {
    expect(externalId('customer', { system: 'shop', id: '1' })).toBe('d231f2cb-7efa-523a-8d40-904e8e9c8e6a');
  });

  it('differs where the same text is divided otherwise', () => {
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
  });
});

describe('an address', () => {
  it('is an id, or the id that a record from outside has', () => {
    const id = newId();
    expect(parseAddress('customer', id)).toBe(id);
    expect(parseAddress('customer', 'shop:1')).toBe(externalId('customer', { system: 'shop', id: '1' }));
    expect(parseAddress('customer', 'shop:a:b')).toBe(externalId('customer', { system: 'shop', id: 'a:b' }));
  });

  it('is nothing else', () => {
    for (const text of ['', 'shop', ':1', 'shop:', 'a b:1', newId().toUpperCase()]) {
      expect(parseAddress('customer', text)).toBeUndefined();
    }
  });
});
