import { differencesOf } from './difference.js';

describe('what differs', () => {
  it('is told by the path of each field, in order', () => {
    const from = { name: 'Hoa', owner: null, totals: { USD: { value: 1 } }, roles: ['dealer'] };
    const to = {
      name: 'Hoa',
      owner: { ownerId: 'mai' },
      totals: { EUR: { value: 3 }, USD: { value: 2 } },
      roles: ['retailer'],
    };
    expect(differencesOf(from, to)).toEqual([
      { field: 'owner', from: null, to: { ownerId: 'mai' } },
      { field: 'roles', from: ['dealer'], to: ['retailer'] },
      { field: 'totals.EUR', to: { value: 3 } },
      { field: 'totals.USD.value', from: 1, to: 2 },
    ]);
    expect(differencesOf(from, structuredClone(from))).toEqual([]);
  });

  it('is told of items of a list by their id, wherever they stand', () => {
    const item = (needId: string, statement: string) => ({ needId, statement });
    expect(
      differencesOf({ needs: [item('a', '1'), item('b', '2')] }, { needs: [item('b', '3'), item('c', '4')] }),
    ).toEqual([
      { field: 'needs[a]', from: item('a', '1') },
      { field: 'needs[b].statement', from: '2', to: '3' },
      { field: 'needs[c]', to: item('c', '4') },
    ]);
  });

  it('is told of a list as a whole where its items cannot be told apart', () => {
    const twice = [
      { otherCustomerId: 'a', relation: 1 },
      { otherCustomerId: 'a', relation: 2 },
    ];
    expect(differencesOf({ parties: twice }, { parties: [] })).toEqual([{ field: 'parties', from: twice, to: [] }]);
  });
});
