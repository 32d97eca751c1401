import type { EventMetadata } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { PersonErased } from './person-keys.js';
import { ERASED_HASH, PersonalDataCipher } from './personal-data-cipher.js';

const ANNA = newId();
const COMPLAINT = `complaint-${newId()}`;
let keys: PersonKeysInMemory;
let cipher: PersonalDataCipher;

beforeEach(() => {
  keys = new PersonKeysInMemory();
  cipher = new PersonalDataCipher(keys);
});

async function named(name: string, person = ANNA) {
  const eventId = newId();
  const data = await cipher.seal('ProfileUpdated', eventId, person, { name, language: 'vi' });
  const commandHash = (await cipher.sealHash(eventId, person, `hash of ${name}`)) as unknown as string;
  const metadata: Pick<EventMetadata, 'commandHash' | 'customerId'> = { commandHash, customerId: person };
  return { type: 'ProfileUpdated', eventId, data: data as object, metadata };
}

const erased = () => ({
  type: 'CustomerErased',
  eventId: newId(),
  data: { reason: 'asked for' },
  metadata: { commandHash: 'plain', customerId: ANNA },
});

describe('personal data', () => {
  it('are opened with the hash of the command that brought them', async () => {
    const event = await named('Anna');
    expect(JSON.stringify(event)).not.toMatch(/Anna|hash of/);
    await cipher.open([event]);
    expect(event).toMatchObject({ data: { name: 'Anna', language: 'vi' }, metadata: { commandHash: 'hash of Anna' } });
  });

  it('of an event from before their field was marked are read as they stand', async () => {
    const metadata = { commandHash: 'plain', customerId: ANNA };
    const event = { type: 'PurchaseReturned', eventId: newId(), data: { reason: 'Too small' }, metadata };
    await cipher.open([event]);
    expect(event.data).toEqual({ reason: 'Too small' });
  });

  it('are gone with their hash when the key is destroyed, and no more can be sealed', async () => {
    const event = await named('Anna');
    await cipher.destroyKeys([ANNA], []);
    const elsewhere = new PersonalDataCipher(keys);
    await elsewhere.open([event]);
    expect(event).toMatchObject({ data: { language: 'vi' }, metadata: { commandHash: ERASED_HASH } });
    expect(event.data).not.toHaveProperty('name');
    await expect(elsewhere.seal('ProfileUpdated', newId(), ANNA, { name: 'Anna' })).rejects.toThrow(PersonErased);
    expect(await elsewhere.seal('ProfileUpdated', newId(), ANNA, { language: 'vi' })).toEqual({ language: 'vi' });
  });

  it('that were recorded after the erasure are not opened by who has read of it, key or no key', async () => {
    const [before, after, other] = [await named('before'), await named('after'), await named('Ben', newId())];
    await cipher.open([before, erased(), after, other]);
    expect([before, after, other].map(({ data }) => (data as { name?: string }).name)).toEqual([
      'before',
      undefined,
      'Ben',
    ]);
  });

  it.each(['before', 'after'])('of a stream whose customer was found %s the erasure are gone too', async (when) => {
    const event = await named('Anna', COMPLAINT);
    const belongs = { person: COMPLAINT, customerId: ANNA };
    if (when === 'before') await cipher.destroyKeys([], [belongs]);
    await cipher.destroyKeys([ANNA], []);
    if (when === 'after') await cipher.destroyKeys([], [belongs]);
    await cipher.open([event]);
    expect(event.data).not.toHaveProperty('name');
  });

  it('give ids that are always the same, and that nobody can make without the key', async () => {
    const id = newId();
    const keyed = await cipher.keyedId(ANNA, id);
    expect(keyed).not.toBe(id);
    expect(await cipher.keyedId(ANNA, id)).toBe(keyed);
    expect(await cipher.keyedId(newId(), id)).not.toBe(keyed);
    expect(await new PersonalDataCipher(new PersonKeysInMemory()).keyedId(ANNA, id)).not.toBe(keyed);
  });
});
