import { CASE_STATUSES, CHANNELS, COMPLAINT_METRICS, RESOLUTION_LINES, SEVERITIES } from '#contracts/codes.js';
import type { JsonSchema } from '#contracts/fields.js';
import { DEADLINE_STATES } from '#read-models/complaint/complaint.table.js';

const text: JsonSchema = { type: 'string' };
const uuid: JsonSchema = { type: 'string', format: 'uuid' };
const instant: JsonSchema = { type: 'string', format: 'date-time' };
const metric: JsonSchema = { enum: COMPLAINT_METRICS };
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
const listOf = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'array',
  items: { type: 'object', properties, required: Object.keys(properties) },
});

const properties: Record<string, JsonSchema> = {
  complaintId: uuid,
  customerId: orNull(uuid),
  externalId: orNull({ type: 'object', properties: { system: text, id: text }, required: ['system', 'id'] }),
  purchaseId: orNull(uuid),
  interactionId: orNull(uuid),
  product: orNull({ type: 'object', properties: { id: text, category: text, sub: text } }),
  issue: text,
  subIssue: orNull(text),
  severity: { enum: SEVERITIES },
  channel: { enum: CHANNELS },
  raisedAt: instant,
  opening: { type: 'integer', minimum: 1 },
  status: { enum: CASE_STATUSES },
  line: { enum: RESOLUTION_LINES },
  assigned: orNull({ type: 'object', properties: { agentId: text }, required: ['agentId'] }),
  deadlines: listOf({
    metric,
    dueAt: instant,
    calendarVersion: { type: 'integer', minimum: 1 },
    state: { enum: DEADLINE_STATES },
  }),
  breaches: listOf({ metric, dueAt: instant, opening: { type: 'integer', minimum: 1 } }),
  resolution: orNull({
    type: 'object',
    properties: { outcome: text, resolvedAt: instant, toldAt: instant },
    required: ['outcome', 'resolvedAt'],
  }),
  course: listOf({
    eventId: uuid,
    type: text,
    data: { type: 'object' },
    occurredAt: instant,
    recordedAt: instant,
    actor: { type: 'object', properties: { id: text, kind: text }, required: ['id', 'kind'] },
  }),
  position: { type: 'string', pattern: '^[0-9]+$' },
};

const told = 'Left out where it was not said, for who may not see personal data, and once the customer is erased.';
/** What was said, in the customer's words. */
const words: Record<string, JsonSchema> = {
  description: { ...text, description: told },
  desiredOutcome: { ...text, description: told },
};

/** What `GET /complaints/{id}` answers. */
export const complaintAnswer: JsonSchema = {
  type: 'object',
  properties: { ...properties, ...words },
  required: Object.keys(properties),
};
