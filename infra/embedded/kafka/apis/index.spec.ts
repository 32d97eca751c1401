import { apis } from './index.js';

describe('the API table', () => {
  it('holds the versions that kafkajs and librdkafka need', () => {
    const table = Object.fromEntries([...apis.values()].map(({ key, min, max }) => [key, [min, max]]));
    expect(table).toEqual({
      ...{ 0: [3, 7], 1: [4, 11], 2: [1, 5], 3: [0, 8], 8: [2, 7], 9: [1, 5], 10: [0, 2] },
      ...{ 11: [0, 5], 12: [0, 3], 13: [0, 3], 14: [0, 3], 15: [0, 4], 16: [0, 2], 18: [0, 2] },
      ...{ 19: [0, 4], 20: [0, 3], 21: [0, 1], 22: [0, 1], 23: [2, 3], 24: [0, 1], 25: [0, 1] },
      ...{ 26: [0, 1], 28: [0, 2], 32: [0, 2], 37: [0, 1], 42: [0, 1] },
    });
  });
});
