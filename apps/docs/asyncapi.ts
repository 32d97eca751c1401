import type { JsonSchema } from '#contracts/fields.js';
import {
  BUSINESS_EVENTS_TOPIC,
  CUSTOMER_360_TOPIC,
  CUSTOMER_EVENTS_TOPIC,
  EVENT_PARTITIONS,
  LOYALTY_LEVEL_TOPIC,
} from '#contracts/topics.js';
import type { VersionedSchema } from './contract-breaks.js';

const BINDING = { bindingVersion: '0.5.0' };

/** A topic as subscribers see it. */
interface Channel {
  name: string;
  topic: string;
  title: string;
  description: string;
  /** What messages are keyed by. */
  key: string;
  /** Events are kept for ever; of states, compaction leaves the last one of each key. */
  holds: 'events' | 'states';
}

const CHANNELS: readonly Channel[] = [
  {
    name: 'customerEvents',
    topic: CUSTOMER_EVENTS_TOPIC,
    title: 'Customer events',
    description: 'Every event about a customer, once, in order per customer, from the first one on.',
    key: 'The customer’s id; while the customer is unknown, the id of what the event is about.',
    holds: 'events',
  },
  {
    name: 'businessEvents',
    topic: BUSINESS_EVENTS_TOPIC,
    title: 'Business events',
    description: 'Every event that is about no customer, once, in order per subject: published rules.',
    key: 'The id of what the event is about: the name of the rules.',
    holds: 'events',
  },
  {
    name: 'customer360',
    topic: CUSTOMER_360_TOPIC,
    title: '360° views',
    description:
      'The 360° view of each customer after a change; null when the customer is erased or lives on in another.',
    key: 'The customer’s id.',
    holds: 'states',
  },
  {
    name: 'loyaltyLevel',
    topic: LOYALTY_LEVEL_TOPIC,
    title: 'Loyalty levels',
    description:
      'Points and loyalty level of each customer after a change; null when the customer is erased or lives on in another.',
    key: 'The customer’s id.',
    holds: 'states',
  },
];

const uuid = (description: string): JsonSchema => ({ type: 'string', format: 'uuid', description });
const number = (description: string): JsonSchema => ({ type: 'string', pattern: '^[0-9]+$', description });

/** CloudEvents 1.0, binary mode: each attribute is a header, `ce_` before its name. */
const HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: uuid('The event’s id: what tells a repetition.'),
    ce_source: { type: 'string', const: '/rapport' },
    ce_type: { type: 'string', description: 'The event type.' },
    ce_subject: { type: 'string', description: 'The stream that the event stands in, as customer-{id}.' },
    ce_time: {
      type: 'string',
      format: 'date-time',
      description: 'When it happened; the record’s timestamp is when it was recorded.',
    },
    ce_dataschema: { type: 'string', format: 'uri', description: 'The $id of the JSON Schema of the value.' },
    ce_schemaversion: number('The version of the event type.'),
    ce_position: number('Its place in the event store: a number that grows along a partition.'),
    ce_revision: number('Its place in its stream, from 0.'),
    ce_correlationid: uuid('The same on all that one request brought about.'),
    ce_causationid: uuid('The event or command that brought it about.'),
    ce_customerid: uuid('The customer; left out while nobody knows whose it is.'),
    traceparent: {
      type: 'string',
      pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
      description: 'The trace that it was appended in (W3C Trace Context); left out where none was recorded.',
    },
    'content-type': { type: 'string', const: 'application/json' },
  },
  required: [
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_subject',
    'ce_time',
    'ce_dataschema',
    'ce_schemaversion',
    'ce_position',
    'ce_revision',
    'ce_correlationid',
    'ce_causationid',
    'content-type',
  ],
};

/** CloudEvents 1.0, binary mode, too: each message tells that a state is now this one. */
const STATE_HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: uuid('The message’s id, another one when the same state is sent again.'),
    ce_source: { type: 'string', const: '/rapport' },
    ce_type: { type: 'string', description: 'What the state is of.' },
    ce_subject: { type: 'string', pattern: '^customer-', description: 'The customer, as customer-{id}.' },
    ce_dataschema: { type: 'string', format: 'uri', description: 'The $id of the JSON Schema of the value.' },
    ce_position: number(
      'Every event up to this place in the event store is in the state: a number that never goes down for a customer.',
    ),
    ce_businessdate: {
      type: 'string',
      format: 'date',
      description: 'The business date that the state is told for: balance, loyalty level and open offers depend on it.',
    },
    'content-type': { type: 'string', const: 'application/json' },
  },
  required: [
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_subject',
    'ce_dataschema',
    'ce_position',
    'ce_businessdate',
    'content-type',
  ],
};

/**
 * The AsyncAPI 3 document of the topics.
 * @param schemas every version of every event type, messages of old versions stay in the topics; and the states.
 */
export function asyncApiDocument(schemas: readonly VersionedSchema[], version: string): object {
  return {
    asyncapi: '3.0.0',
    id: 'urn:rapport:topics',
    info: {
      title: 'Rapport on Kafka',
      version,
      description:
        'What Rapport publishes. Read with isolation.level=read_committed; docs/subscribing.md says all that a subscriber needs to know.',
      license: { name: 'UNLICENSED' },
    },
    defaultContentType: 'application/json',
    servers: { kafka: { host: '127.0.0.1:9092', protocol: 'kafka', description: 'Where KAFKA_BROKERS points.' } },
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel.name, channelOf(channel, schemas)])),
    operations: Object.fromEntries(CHANNELS.map((channel) => [`publish-${channel.name}`, operationOf(channel)])),
    components: {
      schemas: { EventHeaders: HEADERS, StateHeaders: STATE_HEADERS },
      messages: Object.fromEntries(schemas.map((one) => [messageName(one), messageOf(one)])),
    },
  };
}

function channelOf({ topic, title, description, holds }: Channel, schemas: readonly VersionedSchema[]): object {
  const messages = schemas.filter(({ schema }) => schema['x-topic'] === topic).map(messageName);
  return {
    address: topic,
    title,
    description,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      kafka: {
        topic,
        partitions: EVENT_PARTITIONS,
        topicConfiguration:
          holds === 'events' ? { 'cleanup.policy': ['delete'], 'retention.ms': -1 } : { 'cleanup.policy': ['compact'] },
        ...BINDING,
      },
    },
  };
}

function operationOf({ name, title }: Channel): object {
  return { action: 'send', title, channel: { $ref: `#/channels/${name}` } };
}

function messageOf({ type, version, schema }: VersionedSchema): object {
  const { $schema: _, ...payload } = schema;
  const only = (value: string) => ({ type: 'string', const: value });
  const { holds, key } = CHANNELS.find(({ topic }) => topic === schema['x-topic'])!;
  const dataSchema = { ce_type: only(type), ce_dataschema: only(String(schema.$id)) };
  const isEvent = holds === 'events';
  return {
    name: type,
    title: version === 1 ? type : `${type}, version ${version}`,
    contentType: 'application/json',
    headers: {
      allOf: [
        { $ref: `#/components/schemas/${isEvent ? 'EventHeaders' : 'StateHeaders'}` },
        {
          type: 'object',
          properties: isEvent ? { ...dataSchema, ce_schemaversion: only(String(version)) } : dataSchema,
        },
      ],
    },
    payload: {
      schemaFormat: 'application/schema+json;version=draft-2020-12',
      schema: isEvent ? payload : { anyOf: [payload, { type: 'null' }] },
    },
    bindings: { kafka: { key: { type: 'string', description: key }, ...BINDING } },
  };
}

function messageName({ type, version }: VersionedSchema): string {
  return `${type}.v${version}`;
}
