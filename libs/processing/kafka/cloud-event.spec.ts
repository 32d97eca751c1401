import fc from 'fast-check';
import { type EventType, eventDeclarations } from '#contracts/events.js';
import { PublishedFields, personalFieldsOf } from '#contracts/published-fields.js';
import { publishedSchema, topicOfDeclared } from '#contracts/published-schemas.js';
import { historyOfCustomer } from '#testing/customer-history.js';
import { holds } from '#testing/property.js';
import { asReceived } from '#testing/published-events.js';
import { history, recorded, SPEC_CUSTOMER } from '#testing/recorded.js';
import { fromCloudEvent, toCloudEvent, topicOf } from './cloud-event.js';

/** The attributes of CloudEvents 1.0 that a message of ours has, by the name of the header. */
const STANDARD = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema'].map((name) => `ce_${name}`);
/** `position`, `revision` and the others are extensions. */
const EXTENSION = /^ce_[a-z0-9]{1,20}$/;

function messageOf(given: Parameters<typeof recorded>[0] = {}, published?: PublishedFields) {
  const { headers, value, key, timestamp } = toCloudEvent(recorded(given), published);
  return { headers: headers as Record<string, string>, data: JSON.parse(String(value)), key, timestamp };
}

describe('an event as a CloudEvent in binary mode', () => {
  const { headers } = messageOf();

  it('has each attribute in a header of its name, and the type of its value in content-type', () => {
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(STANDARD));
    expect(headers['content-type']).toBe('application/json');
    const others = Object.keys(headers).filter((name) => name !== 'content-type' && !STANDARD.includes(name));
    expect(others.filter((name) => !EXTENSION.test(name))).toEqual([]);
    expect(others).not.toContain('ce_datacontenttype');
  });

  it('has values as the specification wants them: an absolute URI, a timestamp, texts without control characters', () => {
    expect(headers.ce_specversion).toBe('1.0');
    expect(headers.ce_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(new URL(headers.ce_dataschema!).protocol).toBe('urn:');
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]+$/);
  });

  it('points to the schema of its type and version', () => {
    for (const declaration of eventDeclarations.values()) {
      const { metadata } = recorded();
      const { type, schemaVersion } = declaration;
      const { headers } = messageOf({ type, metadata: { ...metadata, schemaVersion } } as object);
      expect(headers.ce_dataschema).toBe(publishedSchema(declaration, PublishedFields.none).$id);
      expect(headers.ce_schemaversion).toBe(String(schemaVersion));
    }
  });

  it('is keyed by customer, or by its subject while nobody knows the customer', () => {
    const { metadata } = recorded();
    expect(messageOf().key).toBe(SPEC_CUSTOMER);
    const { key, headers } = messageOf({ metadata: { ...metadata, customerId: undefined } });
    expect(key).toBe(metadata.subject.id);
    expect(headers).not.toHaveProperty('ce_customerid');
  });

  it('goes to the topic that its schema names', () => {
    const { metadata } = recorded();
    for (const declaration of eventDeclarations.values()) {
      const kind = declaration.category === 'rules' ? 'rules' : 'customer';
      expect(topicOf(recorded({ metadata: { ...metadata, subject: { kind, id: 'x' } } }))).toBe(
        topicOfDeclared(declaration),
      );
    }
  });

  it('keeps personal data back, but for what configuration names', () => {
    const added = {
      type: 'ContactPointAdded',
      data: { contactPointId: SPEC_CUSTOMER, medium: 'email', value: 'hoa@example.org', raw: 'Hoa@example.org' },
    } as const;
    expect(messageOf(added).data).toEqual({ contactPointId: SPEC_CUSTOMER, medium: 'email' });
    const published = PublishedFields.parse('ContactPointAdded.value');
    expect(messageOf(added, published).data).toEqual({
      contactPointId: SPEC_CUSTOMER,
      medium: 'email',
      value: 'hoa@example.org',
    });
  });
});

describe('an event that was published', () => {
  const everything = PublishedFields.parse(personalFieldsOf(...([...eventDeclarations.keys()] as EventType[])).join());

  it('is read as it was, but for who did it, why, and by which command', () => {
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        for (const event of history(happenings)) {
          const { occurredAt, correlationId, causationId, customerId, schemaVersion } = event.metadata;
          const metadata = { occurredAt, correlationId, causationId, customerId, schemaVersion };
          const recordedAt = new Date(event.recordedAt).toISOString();
          const received = asReceived(toCloudEvent(event, everything));
          expect(fromCloudEvent(received)).toEqual({ ...event, recordedAt, metadata });
        }
      }),
    );
  });

  it('keeps the trace that it was appended in, and has no customer where none was known', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { metadata } = recorded();
    const { customerId: _, ...unknown } = metadata;
    const event = fromCloudEvent(asReceived(toCloudEvent(recorded({ metadata: { ...unknown, traceparent } }))));
    expect(event.metadata.traceparent).toBe(traceparent);
    expect(event.metadata).not.toHaveProperty('customerId');
  });

  it('was published by nobody of ours where it has no position, or is no JSON', () => {
    const message = asReceived(toCloudEvent(recorded()), '7');
    expect(() => fromCloudEvent({ ...message, headers: {} } as typeof message)).toThrow(
      'The record at offset 7 has no ce_position: Rapport did not publish it.',
    );
    expect(() => fromCloudEvent({ ...message, value: Buffer.from('{') })).toThrow('The record at offset 7 has no JSON');
  });
});
