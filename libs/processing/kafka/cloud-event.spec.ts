import { eventDeclarations } from '#contracts/events.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { publishedSchema, topicOfDeclared } from '#contracts/published-schemas.js';
import { recorded, SPEC_CUSTOMER } from '#testing/recorded.js';
import { toCloudEvent, topicOf } from './cloud-event.js';

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
