import { newId } from '#contracts/ids.js';
import { NewerVersion } from '#contracts/upcasters.js';
import { PersonKeysInMemory } from '#testing/command-process.js';
import { EventCodec } from './codec.js';
import { PersonalDataCipher } from './personal-data-cipher.js';
import type { StoredEvent } from './protocol/read-answer.js';

const cipher = new PersonalDataCipher(new PersonKeysInMemory());
const codec = new EventCodec(cipher, {
  ProfileUpdated: [({ language, ...data }) => ({ ...data, language: language === 'vn' ? 'vi' : language })],
});
const PERSON = newId();

async function stored(schemaVersion: number, language: string): Promise<StoredEvent> {
  const eventId = newId();
  const data = await cipher.seal('ProfileUpdated', eventId, PERSON, { name: 'Hoa', language });
  const metadata = { schemaVersion, customerId: PERSON, $correlationId: newId(), $causationId: newId() };
  return {
    eventId,
    streamId: `customer-${PERSON}`,
    revision: 0,
    position: 1n,
    type: 'ProfileUpdated',
    contentType: 'application/json',
    created: '17000000000000000',
    metadata: Buffer.from(JSON.stringify(metadata)),
    data: Buffer.from(JSON.stringify(data)),
  };
}

describe('the codec', () => {
  it('brings what an earlier version said up to the current one, with what is personal opened', async () => {
    const [event] = await codec.decode([await stored(1, 'vn')]);
    expect(event!.data).toEqual({ name: 'Hoa', language: 'vi' });
    expect(event!.metadata.schemaVersion).toBe(2);
    expect(event!.sealed).toMatchObject({ language: 'vi', name: { person: PERSON } });
  });

  it('leaves what the current version said as it is', async () => {
    const [event] = await codec.decode([await stored(2, 'vn')]);
    expect(event!.data).toEqual({ name: 'Hoa', language: 'vn' });
  });

  it('refuses what a later version said', async () => {
    await expect(codec.decode([await stored(3, 'vi')])).rejects.toThrow(NewerVersion);
  });
});
