import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PublishedFields } from '#contracts/published-fields.js';
import { CUSTOMER_360_STATE } from '#contracts/states.js';
import { toCloudEvent } from '#processing/kafka/cloud-event.js';
import { toStateMessage } from '#processing/states/state-message.js';
import { recorded, SPEC_CUSTOMER } from '#testing/recorded.js';
import { contractBreaks, type VersionedSchema } from './contract-breaks.js';
import { contractFiles, declaredSchemas, releasedSchemas } from './published-contract.js';

const ROOT = join(import.meta.dirname, '../..');
const released = releasedSchemas(ROOT);
const declared = declaredSchemas(PublishedFields.none);
const later = (one: VersionedSchema, schema = one.schema) => ({ ...one, version: one.version + 1, schema });
const [first, ...others] = declared as [VersionedSchema, ...VersionedSchema[]];

describe('the released contract', () => {
  it('is not broken by the declared events', () => {
    expect(contractBreaks(released, declared)).toEqual([]);
  });

  it('is broken by a change of a version, told by event and field, and what to do', () => {
    const { channel: _, ...properties } = first.schema.properties as Record<string, object>;
    const narrowed = { ...first, schema: { ...first.schema, properties } };
    expect(contractBreaks(declared, [narrowed, ...others])).toEqual([
      'ProspectIdentified version 1: channel is gone. That version is published and stays as it is: undo the change, or ' +
        'make version 2 with an upcaster in libs/contracts/upcasters.ts (docs/guides/change-an-event-type.md).',
    ]);
  });

  it('is broken by a change of a state, which has no versions but those of its topic', () => {
    const state = declared.find(({ type }) => type === 'Customer360')!;
    const { purchases: _, ...properties } = state.schema.properties as Record<string, object>;
    const narrowed = { ...state, schema: { ...state.schema, properties } };
    const others = declared.filter((one) => one !== state);
    expect(contractBreaks(declared, [...others, narrowed])).toEqual([
      'Customer360 version 1: purchases is gone. It is published on rapport.customer.360.v1: undo the change, or make ' +
        'another topic of another version.',
    ]);
  });

  it('is broken where an event or a version is gone', () => {
    expect(contractBreaks(declared, others)).toEqual([expect.stringContaining('ProspectIdentified is published')]);
    expect(contractBreaks([...declared, later(first)], declared)).toEqual([
      expect.stringContaining('version 2 is published'),
    ]);
  });

  it('takes a new version whose upcaster makes it of the old one', () => {
    const { channel, ...properties } = first.schema.properties as Record<string, object>;
    const required = ['partyKind', 'roles', 'medium'];
    const renamed = later(first, { ...first.schema, properties: { ...properties, medium: channel }, required });
    const rename = {
      ProspectIdentified: [({ channel, ...data }: Readonly<Record<string, unknown>>) => ({ ...data, medium: channel })],
    };
    expect(contractBreaks(declared, [renamed, ...others], rename)).toEqual([]);
    const asItWas = { ProspectIdentified: [(data: Readonly<Record<string, unknown>>) => ({ ...data })] };
    expect(contractBreaks(declared, [renamed, ...others], asItWas)).toEqual([
      expect.stringMatching(
        /^ProspectIdentified version 1: its upcaster does not make version 2 of its example: .*medium/,
      ),
    ]);
  });

  it('misses a version that was never released', () => {
    expect(contractBreaks([], [later(first)])).toEqual([
      expect.stringContaining('version 1 has no schema in docs/schemas'),
    ]);
  });
});

describe('the contract as files', () => {
  const old = { ...first, schema: { ...first.schema, $id: 'urn:rapport:event:ProspectIdentified:0' }, version: 0 };

  it('keeps the versions that were released before', () => {
    const files = contractFiles([old, ...released], PublishedFields.none, '1');
    expect(Object.keys(files)).toHaveLength(declared.length + 2);
    expect(JSON.parse(files['schemas/ProspectIdentified.v0.json']!)).toEqual(old.schema);
    expect(files['asyncapi.json']).toContain('#/components/messages/ProspectIdentified.v0');
  });

  it('has the personal fields that are published', () => {
    const published = PublishedFields.parse('ContactPointAdded.value')!;
    const { 'asyncapi.json': asyncApi, 'schemas/ContactPointAdded.v1.json': schema } = contractFiles(
      released,
      published,
      '1',
    );
    const { value } = JSON.parse(schema!).properties;
    expect(value).toMatchObject({ type: 'string' });
    expect(JSON.parse(asyncApi!).components.messages['ContactPointAdded.v1'].payload.schema.properties).toMatchObject({
      value,
    });
  });

  it('has the personal fields of a state where all that it may come from is published', () => {
    const personal = (named: string) => {
      const files = contractFiles(released, PublishedFields.parse(named)!, '1');
      const { properties, required } = JSON.parse(files['schemas/Customer360.v1.json']!);
      const [contactPoints] = [properties.contactPoints.items];
      return { name: required.includes('name'), value: 'value' in contactPoints.properties };
    };
    expect(personal('ContactPointAdded.value')).toEqual({ name: false, value: true });
    expect(personal('ProfileUpdated.name,CustomerAcquired.name')).toEqual({ name: false, value: false });
    expect(personal('ProfileUpdated.name,CustomerAcquired.name,ProspectIdentified.name')).toMatchObject({ name: true });
  });

  it('tells the headers that messages have, and no others', () => {
    const { components } = JSON.parse(contractFiles(released, PublishedFields.none, '1')['asyncapi.json']!);
    const { EventHeaders, StateHeaders } = components.schemas;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(EventHeaders);
    const { metadata } = recorded();
    for (const customerId of [metadata.customerId, undefined]) {
      const { headers } = toCloudEvent(recorded({ metadata: { ...metadata, customerId } }));
      expect({ valid: validate(headers), errors: validate.errors }).toEqual({ valid: true, errors: null });
      expect(Object.keys(EventHeaders.properties)).toEqual(expect.arrayContaining(Object.keys(headers!)));
    }
    const at = { position: 7n, date: '2026-01-31' };
    const { headers } = toStateMessage(CUSTOMER_360_STATE, SPEC_CUSTOMER, null, at);
    expect([ajv.validate(StateHeaders, headers), ajv.errors]).toEqual([true, null]);
    expect(Object.keys(StateHeaders.properties).sort()).toEqual(Object.keys(headers!).sort());
  });

  it('tells every event in one valid AsyncAPI 3 document', async () => {
    const text = readFileSync(join(ROOT, 'docs/asyncapi.json'), 'utf8');
    const { document, diagnostics } = await new Parser().parse(text);
    expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([]);
    expect(document!.version()).toBe('3.0.0');
    expect(
      document!
        .channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual([
      'rapport.customer.events.v1',
      'rapport.business.events.v1',
      'rapport.customer.360.v1',
      'rapport.loyalty.level.v1',
    ]);
    const told = document!
      .channels()
      .all()
      .flatMap((channel) =>
        channel
          .messages()
          .all()
          .map((message) => message.name()),
      );
    expect(told.sort()).toEqual(declared.map(({ type }) => type).sort());
  }, 60_000);
});
