import { recorded } from '#testing/recorded.js';
import { addressed } from './cloud-event.js';
import { toRequests, withLast } from './requests.js';

describe('the requests of a publisher', () => {
  const events = Array.from({ length: 10 }, (_, n) => recorded({ position: BigInt(n) }));
  const messages = events.map((event) => addressed(event));

  it('are one while the messages fit into it, and none without messages', () => {
    expect(toRequests(messages)).toHaveLength(1);
    expect(toRequests([])).toEqual([]);
  });

  it('were refused by the broker when one customer had more events than a batch may hold', () => {
    const requests = toRequests(messages, 3_000);
    const ids = requests.flat().flatMap(({ messages }) => messages.map(({ headers }) => headers?.ce_id));
    expect(requests.length).toBeGreaterThan(2);
    expect(ids).toEqual(events.map(({ eventId }) => eventId));
  });

  it('end with the position, also where there is nothing else', () => {
    const position = { topic: 'positions', message: { key: 'position', value: '7' } };
    const sent = { topic: 'positions', messages: [position.message] };
    expect(withLast([], position)).toEqual([[sent]]);
    const requests = withLast(toRequests(messages, 3_000), position);
    expect(requests).toHaveLength(toRequests(messages, 3_000).length);
    expect(requests.at(-1)!.at(-1)).toEqual(sent);
  });
});
