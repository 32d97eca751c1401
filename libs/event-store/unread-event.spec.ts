import { newId } from '#contracts/ids.js';
import { answerOf } from '#testing/history-frames.js';
import { decodeFramedEvent } from './protocol/read-frame.js';
import { UnreadEvent } from './unread-event.js';

const HOA = newId();

/** An event as it is read. @param data as JSON. */
function unread(metadata: object, data = '{"town":"Huế"}', known?: ConstructorParameters<typeof UnreadEvent>[2]) {
  const told = { eventId: newId(), streamId: 'customer-Hòa', revision: 3, position: 7, created: '17000000000000000' };
  const bytes = answerOf({ ...told, type: 'CustomerMoved', data, metadata: JSON.stringify(metadata) });
  return new UnreadEvent(bytes, decodeFramedEvent(bytes, 0, bytes.length)!, known);
}

describe('an event that is not decoded yet', () => {
  it('tells what it belongs to though its data cannot be decoded', () => {
    const { type, streamId, position, metadata } = unread({ schemaVersion: 1, customerId: HOA }, 'no JSON');
    expect({ type, streamId, position, customerId: metadata.customerId }).toEqual({
      type: 'CustomerMoved',
      streamId: 'customer-Hòa',
      position: 7n,
      customerId: HOA,
    });
  });

  it.each([
    ['is not told', {}, undefined],
    ['stands behind other letters than those of ASCII', { reason: 'đổi “chỗ”', customerId: HOA }, HOA],
    ['is spoken of in a text', { reason: '"customerId":"another"', customerId: HOA }, HOA],
    ['is what a text is about', { reason: 'customerId', customerId: HOA }, HOA],
    ['is escaped', { customerId: 'Hoa\n"' }, 'Hoa\n"'],
    ['is not of ASCII itself', { customerId: 'Hòa' }, 'Hòa'],
  ])('knows the customer when he %s', (_, metadata, customerId) => {
    expect(unread({ schemaVersion: 1, ...metadata }).metadata.customerId).toBe(customerId);
  });

  it('says all else when it is looked at, and is decoded once', () => {
    const metadata = { schemaVersion: 1, occurredAt: '2026-01-01T00:00:00Z', $correlationId: 'a', $causationId: 'b' };
    const event = unread(metadata);
    expect(event.metadata.correlationId).toBe('a');
    expect(event.data).toEqual({ town: 'Huế' });
    expect(event.data).toBe(event.decoded().data);
    const whole = { ...event.decoded() };
    expect(whole).toMatchObject({
      data: { town: 'Huế' },
      recordedAt: event.recordedAt,
      metadata: { occurredAt: '2026-01-01T00:00:00Z', causationId: 'b' },
    });
  });

  it('has the data of an old version as the current one says them', () => {
    const known = {
      CustomerMoved: [({ town, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, city: town })],
    };
    const event = unread({ schemaVersion: 1 }, undefined, known);
    expect(event.data).toEqual({ city: 'Huế' });
    expect(event.decoded().metadata.schemaVersion).toBe(2);
    expect(unread({ schemaVersion: 2 }, '{"city":"Huế"}', known).data).toEqual({ city: 'Huế' });
  });

  it('names itself where it cannot be decoded', () => {
    const said = 'Event 3 of stream customer-Hòa (CustomerMoved)';
    expect(() => unread({ schemaVersion: 1 }, 'no JSON').data).toThrow(said);
    expect(() => unread({}).data).toThrow(said);
    expect(() => unread({ schemaVersion: 2 }).data).toThrow('CustomerMoved has version 2');
  });
});
