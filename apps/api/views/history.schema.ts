import { ACTOR_KINDS } from '#contracts/envelope.js';
import type { JsonSchema } from '#contracts/fields.js';
import { code, count, flag, instant, listOf, object, orNull, position, text, uuid } from './schema.js';

export const historyEventSchema = object(
  {
    eventId: uuid,
    type: text,
    customerId: orNull(uuid),
    stream: text,
    revision: count,
    position: { type: 'string', pattern: '^\\d+$', description: 'Its place in the whole store.' },
    occurredAt: { ...instant, description: 'When it happened.' },
    recordedAt: { ...instant, description: 'When it was appended.' },
    actor: object({ id: text, kind: code(ACTOR_KINDS) }, { department: text, outletId: text }),
    correlationId: text,
    causationId: text,
    commandId: text,
    schemaVersion: count,
    data: { type: 'object', description: 'As docs/events.md declares it for the type; what is erased is left out.' },
  },
  { reason: text, source: text, decidedBy: object({ policy: text }, { rulesVersion: count }) },
);

export const historySchema = object(
  { events: listOf(historyEventSchema) },
  { next: { ...position, description: 'The cursor of the next page; left out at the end.' }, position },
);

export const eventInContextSchema = object(
  {
    event: historyEventSchema,
    causes: listOf(historyEventSchema),
    effects: listOf(historyEventSchema),
    moreEffects: flag,
  },
  { position },
);

const anything: JsonSchema = {};

export const diffSchema = object(
  {
    from: text,
    to: orNull(text),
    differences: listOf(object({ field: text }, { from: anything, to: anything })),
  },
  { position },
);
