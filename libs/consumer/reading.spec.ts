import { eventDeclarations } from '#contracts/events.js';
import { isOptional } from '#contracts/json-schema.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { type Upcast, upcasters } from '#contracts/upcasters.js';
import { personalFields } from './personal-fields.js';
import { InvalidEvent, readEvent } from './reading.js';
import { RECORDED_AT, sourceRecord } from './testing/records.js';

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
    expect(() => readEvent(sourceRecord({ headers: { ce_schemaversion: version } }))).toThrow(InvalidEvent);
  });
});

describe('an event of an older schema version', () => {
  const lifts = upcasters as Record<string, Upcast[]>;

  afterEach(() => {
    delete lifts.LoyaltyEnrolled;
  });

  it('is lifted to the current one, and then checked', () => {
    lifts.LoyaltyEnrolled = [({ who, ...data }) => ({ ...data, customerId: who })];
    const { key } = sourceRecord();
    expect(readEvent(sourceRecord({ data: { who: key } }))).toMatchObject({
      data: { customerId: key },
      schemaVersion: 1,
    });
    expect(() => readEvent(sourceRecord({ data: { who: 'me' } }))).toThrow('customerId must be a UUID');
  });

  it('is refused when it cannot be lifted', () => {
    lifts.LoyaltyEnrolled = [
      () => {
        throw new Error('No.');
      },
    ];
    expect(() => readEvent(sourceRecord())).toThrow(InvalidEvent);
  });
});

it('the types of received events know which required fields are personal', () => {
  const marked = [...eventDeclarations.values()].flatMap(({ type, data }) => {
    const required = personalPathsOf(data).filter((path) => !path.includes('.') && !isOptional(data, path));
    return required.length > 0 ? [[type, required]] : [];
  });
  expect(Object.fromEntries(marked)).toEqual(personalFields);
});
