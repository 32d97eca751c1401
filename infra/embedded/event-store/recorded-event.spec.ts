import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { eventResponse } from './read-response.js';
import { DELETED_REVISION, decodeRecorded, encodeRecorded, recordedPosition } from './recorded-event.js';

const event = {
  id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  type: 'Ereignis-ä',
  contentType: 'application/json',
  metadata: Buffer.from('{"m":1}'),
  data: Buffer.alloc(300, 'x'),
};
const place = { stream: 'straße-1', revision: 300, position: 2 ** 40, created: '17000000000000000' };

function decoded(structuredIds: boolean, record = encodeRecorded(event, place)) {
  const response = eventResponse({ event: record, link: record }, place.position, structuredIds);
  return streamsPb.ReadResp.deserializeBinary(response).getEvent()!;
}

describe('recorded event', () => {
  it('is encoded by hand just as google-protobuf reads it', () => {
    const recorded = decoded(false).getEvent()!;
    expect(recorded.getId()?.getString()).toBe(event.id);
    expect(Buffer.from(recorded.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe(place.stream);
    expect(recorded.getStreamRevision()).toBe('300');
    expect([recorded.getCommitPosition(), recorded.getPreparePosition()]).toEqual(['1099511627776', '1099511627776']);
    expect(Object.fromEntries(recorded.getMetadataMap().toObject())).toEqual({
      type: event.type,
      'content-type': event.contentType,
      created: place.created,
    });
    expect(Buffer.from(recorded.getCustomMetadata_asU8())).toEqual(event.metadata);
    expect(Buffer.from(recorded.getData_asU8())).toEqual(event.data);
    expect(decoded(false).getCommitPosition()).toBe('1099511627776');
    expect(decoded(false).getLink()?.getStreamRevision()).toBe('300');
  });

  it('gives the id as two numbers to a client that asks for it', () => {
    const id = decoded(true).getEvent()?.getId()?.getStructured();
    const hex = [id?.getMostSignificantBits(), id?.getLeastSignificantBits()]
      .map((bits) => BigInt.asUintN(64, BigInt(bits!)).toString(16).padStart(16, '0'))
      .join('');
    expect(hex).toBe(event.id.replaceAll('-', ''));
    expect(decoded(true).getEvent()?.getStreamRevision()).toBe('300');
  });

  it('is read back as it was written', () => {
    const record = encodeRecorded(event, place);
    expect(decodeRecorded(record)).toMatchObject({ ...place, id: event.id, type: event.type, data: event.data });
    expect(recordedPosition(record)).toBe(place.position);
  });

  it('gives a tombstone the highest revision that there is', () => {
    const record = encodeRecorded({ ...event, metadata: Buffer.alloc(0) }, { ...place, revision: DELETED_REVISION });
    expect(decoded(false, record).getEvent()?.getStreamRevision()).toBe('9223372036854775807');
    expect(decodeRecorded(record).revision).toBe(DELETED_REVISION);
  });
});
