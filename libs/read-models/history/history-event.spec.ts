import { derivedId } from '#contracts/ids.js';
import { NewerVersion } from '#contracts/upcasters.js';
import { openedBodies } from './history-event.js';

const known = {
  CustomerAcquired: [({ called, ...data }: Record<string, unknown>) => ({ ...data, name: called })],
};
const stored = (schemaVersion: number, data: object) => {
  return { type: 'CustomerAcquired', eventId: derivedId('event', 'spec'), schemaVersion, data };
};

describe('what the history view holds of events', () => {
  it('is brought up to the current version when it is read, and what is personal there is told to nobody without a right', async () => {
    const events = [stored(1, { called: 'Hoa', channel: 'web' }), stored(2, { name: 'Hoa', channel: 'store' })];
    expect(await openedBodies(events, undefined, known)).toEqual([{ channel: 'web' }, { channel: 'store' }]);
    const opener = { open: async () => {} };
    expect(await openedBodies(events, opener, known)).toEqual([
      { name: 'Hoa', channel: 'web' },
      { name: 'Hoa', channel: 'store' },
    ]);
  });

  it('of a later version than this Rapport knows is refused', async () => {
    await expect(openedBodies([stored(3, {})], undefined, known)).rejects.toThrow(NewerVersion);
  });
});
