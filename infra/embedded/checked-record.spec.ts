import { CorruptRecord, seal, unseal } from './checked-record.js';

describe('a checked record', () => {
  const sealed = seal('stream/3', Buffer.from('payload'));

  it('gives back what was sealed under its key', () => {
    expect(unseal('stream/3', sealed).toString()).toBe('payload');
  });

  it('is refused when any one bit of it is flipped', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unseal('stream/3', flipped)).toThrow(CorruptRecord);
    }
  });

  it('is refused under another key', () => {
    expect(() => unseal('stream/2', sealed)).toThrow(CorruptRecord);
  });
});
