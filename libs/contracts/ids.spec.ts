import { v5 } from 'uuid';
import { derivedId, externalId, isUuid, newId, parseAddress } from './ids.js';

describe('a derived id', () => {
  it('is the UUIDv5 of the parts with their lengths', () => {
    for (const part of ['a', 'é', '💛', '', 'x'.repeat(1000)]) {
      expect(derivedId(part)).toBe(v5(`${part.length}:${part}`, 'b5f0c2f4-6a3e-5d0b-9c3e-6d1f0e7a9b21'));
    }
  });

  it('is the same for ever: another value would orphan every record that was ever imported', () => {
    expect(derivedId('customer', 'cdnow', '07592')).toBe('c17ceb42-d828-5279-a948-2009a9abc371');
    expect(externalId('purchase', { system: 'shop', id: 'Đơn hàng #1' })).toBe('87d2c8fa-8148-5be8-a48e-e15413018132');
    expect(derivedId('event', '0190b6f0-0000-7000-8000-000000000001', 'hash', '0')).toBe(
      '671e6b5f-5f35-51a6-a441-78bd23a793b5',
    );
    expect(derivedId()).toBe('80d372a1-066a-5534-b9c7-b2385dd7a4d0');
  });

  it('differs when the same letters are split another way', () => {
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
    expect(derivedId('1:a')).not.toBe(derivedId('1', 'a'));
  });

  it('does not change the text: composed and decomposed letters are two identities', () => {
    expect(derivedId('é')).not.toBe(derivedId('e\u0301'));
  });

  it('differs for the same record of two kinds', () => {
    const ref = { system: 'shop', id: '1' };
    expect(externalId('customer', ref)).not.toBe(externalId('purchase', ref));
  });
});

describe('a new id', () => {
  it('is a UUIDv7 in lower case', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(newId())).toBe(true);
  });
});

describe('an address', () => {
  it('is an id', () => {
    const id = newId();
    expect(parseAddress('customer', id)).toBe(id);
  });

  it.each([
    ['cdnow:07592', 'cdnow', '07592'],
    ['crm.v2_x-1:a:b', 'crm.v2_x-1', 'a:b'],
    ['shop:Đơn hàng #1 / 2?', 'shop', 'Đơn hàng #1 / 2?'],
    ['shop: ', 'shop', ' '],
    [`shop:${'😀'.repeat(100)}`, 'shop', '😀'.repeat(100)],
    ['shop:line\nbreak', 'shop', 'line\nbreak'],
  ])('is the external identity %j', (address, system, id) => {
    expect(parseAddress('customer', address)).toBe(externalId('customer', { system, id }));
  });

  it.each([
    '',
    'x',
    ':1',
    'shop:',
    'a b:1',
    'é:1',
    `${'x'.repeat(65)}:1`,
    `shop:${'x'.repeat(201)}`,
    newId().toUpperCase(),
  ])('is not %j', (address) => {
    expect(parseAddress('customer', address)).toBeUndefined();
  });
});
