import { partitionOf } from '../murmur2.js';
import { byLeader } from './leaders.js';

const messages = Array.from({ length: 40 }, (_, n) => ({ key: `customer-${n % 9}`, value: String(n) }));
const sent = [
  { topic: 'events', messages },
  { topic: 'positions', messages: [{ key: 'position', value: '40' }] },
];

describe('what is sent', () => {
  it('goes out at once where one broker leads everything', () => {
    const leaders = new Map([
      ['events', [1, 1, 1]],
      ['positions', [1]],
    ]);
    expect(byLeader(sent, leaders)).toEqual([sent]);
  });

  it('goes to one broker after the other where several lead, in order per key, each message once', () => {
    const ofPartitions = [1, 2, 3, 2];
    const leaders = new Map([
      ['events', ofPartitions],
      ['positions', [3]],
    ]);
    const shares = byLeader(sent, leaders);
    expect(shares).toHaveLength(3);
    const events = shares.flatMap((share) => share.filter(({ topic }) => topic === 'events'));
    for (const { messages: share } of events) {
      const leading = share.map(({ key }) => ofPartitions[partitionOf(String(key), 4)]);
      expect(new Set(leading).size).toBe(1);
      expect(share.map(({ value }) => Number(value))).toEqual(
        share.map(({ value }) => Number(value)).sort((a, b) => a - b),
      );
    }
    expect(events.flatMap((one) => one.messages).length).toBe(40);
    expect(shares.flat().filter(({ topic }) => topic === 'positions')).toEqual([sent[1]]);
  });
});
