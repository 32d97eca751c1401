import { PublishedFields } from '#contracts/published-fields.js';
import { recorded } from '#testing/recorded.js';
import { toRequests } from './publisher-requests.js';

describe('the requests of the publisher', () => {
  const events = Array.from({ length: 10 }, (_, n) => recorded({ position: BigInt(n) }));

  it('are one while the events fit into it, and none without events', () => {
    expect(toRequests(events)).toHaveLength(1);
    expect(toRequests([])).toEqual([]);
  });

  it('were refused by the broker when one customer had more events than a batch may hold', () => {
    const requests = toRequests(events, PublishedFields.none, 3_000);
    const ids = requests.flat().flatMap(({ messages }) => messages.map(({ headers }) => headers?.ce_id));
    expect(requests.length).toBeGreaterThan(2);
    expect(ids).toEqual(events.map(({ eventId }) => eventId));
  });
});
