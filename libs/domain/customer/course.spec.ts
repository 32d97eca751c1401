import { acquiredPerson, idOf } from '#testing/known-customers.js';
import { customer } from './customer.decider.js';

describe('A customer with ten thousand needs, each of which was met', () => {
  it('took a minute to load, because a map of all was copied for each', () => {
    const happened = { eventId: 'e', occurredAt: '2026-01-01T00:00:00Z' };
    let state = customer.evolve(customer.initial, { ...acquiredPerson, ...happened });
    const began = process.cpuUsage();
    for (let n = 0; n < 10_000; n += 1) {
      const needId = idOf(String(n));
      const data = { needId, statement: 'More', expressed: 'stated' as const };
      state = customer.evolve(state, { type: 'NeedRecorded', data, ...happened });
      state = customer.evolve(state, { type: 'NeedMet', data: { needId }, ...happened });
    }
    expect(state.needs.met).toHaveLength(10_000);
    // Of the processor, in microseconds: others may want the machine too.
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(5_000_000);
  });
});
