import { eventDeclarations } from '#contracts/events.js';
import { isOptional } from '#contracts/json-schema.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { personalFields } from './personal-fields.js';
import { InvalidEvent, readEvent } from './reading.js';
import { RECORDED_AT, sourceRecord } from './testing/records.js';
import { UnknownVersion, upcast } from './upcasting.js';

const ACQUIRED = { partyKind: 'person', roles: ['endConsumer'], channel: 'web' };

describe('a record as an event', () => {
  it('has its facts from the headers and its data from the value', () => {
    const record = sourceRecord({
      headers: { ce_type: 'CustomerAcquired', ce_position: '9007199254740993' },
      data: ACQUIRED,
    });
    expect(readEvent(record)).toEqual({
      type: 'CustomerAcquired',
      data: ACQUIRED,
      id: record.headers.ce_id,
      streamId: record.headers.ce_subject,
      revision: 0,
      position: 9007199254740993n,
      customerId: record.headers.ce_customerid,
      occurredAt: '2026-06-15T09:00:00Z',
      recordedAt: RECORDED_AT,
      correlationId: record.headers.ce_correlationid,
      causationId: record.headers.ce_causationid,
      schemaVersion: 1,
    });
  });

  it('may lack the personal data that its type has in the store', () => {
    const headers = { ce_type: 'PromiseMade' };
    const data = { promiseId: sourceRecord().key };
    expect(readEvent(sourceRecord({ headers, data })).data).toEqual(data);
    expect(() => readEvent(sourceRecord({ headers, data: { ...data, what: 7 } }))).toThrow('what must be text');
  });

  it('may hold a field or a code that is newer than this contract', () => {
    const data = { ...ACQUIRED, roles: ['endConsumer', 'franchisee'], channel: 'telepathy', mood: 'good' };
    expect(readEvent(sourceRecord({ headers: { ce_type: 'CustomerAcquired' }, data })).data).toEqual(data);
  });

  it.each([
    ['a missing field', { ...ACQUIRED, partyKind: undefined }],
    ['a code that is no text', { ...ACQUIRED, channel: 7 }],
    ['codes that are no texts', { ...ACQUIRED, roles: [7] }],
    ['a list instead of an object', [ACQUIRED]],
  ])('is refused for %s', (_, data) => {
    expect(() => readEvent(sourceRecord({ headers: { ce_type: 'CustomerAcquired' }, data }))).toThrow(InvalidEvent);
  });

  it.each(['ce_id', 'ce_time', 'ce_position', 'ce_revision'])('is refused without %s', (header) => {
    expect(() => readEvent(sourceRecord({ headers: { [header]: undefined } }))).toThrow(InvalidEvent);
  });

  it('is refused without JSON', () => {
    expect(() => readEvent(sourceRecord({ value: Buffer.from('{') }))).toThrow('no JSON');
    expect(() => readEvent(sourceRecord({ value: null }))).toThrow(InvalidEvent);
  });

  it('is taken as it is when nothing is known of its type', () => {
    const event = readEvent(
      sourceRecord({ headers: { ce_type: 'CustomerTeleported', ce_schemaversion: '7' }, data: [1] }),
    );
    expect(event).toMatchObject({ type: 'CustomerTeleported', data: [1], schemaVersion: 7 });
  });

  it.each(['2', '0', 'x', undefined])('is refused in schema version %s, which this contract cannot read', (version) => {
    expect(() => readEvent(sourceRecord({ headers: { ce_schemaversion: version } }))).toThrow(UnknownVersion);
  });
});

describe('data of an older schema version', () => {
  const declaration = { ...eventDeclarations.get('LoyaltyEnrolled')!, schemaVersion: 3 };
  const upcasters = {
    LoyaltyEnrolled: { 1: (data: object) => ({ ...data, b: 2 }), 2: (data: object) => ({ ...data, c: 3 }) },
  };

  it('are lifted version by version', () => {
    expect(upcast(declaration, 1, { a: 1 }, upcasters)).toEqual({ a: 1, b: 2, c: 3 });
    expect(upcast(declaration, 2, { a: 1 }, upcasters)).toEqual({ a: 1, c: 3 });
    expect(upcast(declaration, 3, { a: 1 }, upcasters)).toEqual({ a: 1 });
  });

  it('are refused where nothing lifts them', () => {
    expect(() => upcast(declaration, 1, {}, { LoyaltyEnrolled: { 2: (data) => data } })).toThrow(UnknownVersion);
  });
});

it('the types of received events know which required fields are personal', () => {
  const marked = [...eventDeclarations.values()].flatMap(({ type, data }) => {
    const required = personalPathsOf(data).filter((path) => !path.includes('.') && !isOptional(data, path));
    return required.length > 0 ? [[type, required]] : [];
  });
  expect(Object.fromEntries(marked)).toEqual(personalFields);
});
