import { eventDeclarations } from './events.js';
import { currentVersion, NewerVersion, upcast, upcasters } from './upcasters.js';

const known = {
  CustomerMoved: [
    ({ town, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, city: town }),
    (data: Readonly<Record<string, unknown>>) => ({ ...data, country: data.country ?? 'VN' }),
  ],
};

describe('upcasters', () => {
  it('bring data of any earlier version up to the current one, step by step', () => {
    const first = { town: 'Huế' };
    expect(currentVersion('CustomerMoved', known)).toBe(3);
    expect(upcast('CustomerMoved', 1, first, known)).toEqual({ city: 'Huế', country: 'VN' });
    expect(upcast('CustomerMoved', 2, { city: 'Huế', country: 'FR' }, known)).toEqual({ city: 'Huế', country: 'FR' });
    expect(first).toEqual({ town: 'Huế' });
  });

  it('leave data of the current version alone', () => {
    const data = { city: 'Huế' };
    expect(upcast('CustomerMoved', 3, data, known)).toBe(data);
    expect(upcast('AnythingElse', 1, data, known)).toBe(data);
  });

  it('refuse data of a version that is not known here', () => {
    expect(() => upcast('CustomerMoved', 4, {}, known)).toThrow(NewerVersion);
    expect(() => upcast('AnythingElse', 2, {}, known)).toThrow('AnythingElse has version 2');
  });

  it('are for declared events only', () => {
    expect(Object.keys(upcasters).filter((type) => !eventDeclarations.has(type))).toEqual([]);
  });
});
