import type { JsonSchema } from '#contracts/fields.js';
import { SOURCES } from '../processor.js';
import { HEALTH_STATES, type ProcessorsHealth } from './processor-health.js';

const position: JsonSchema = { type: ['string', 'null'], pattern: '^\\d+$' };
const lag = {
  position: { ...position, description: 'Up to where it has stored everything; null: nothing yet.' },
  lagPositions: { type: ['integer', 'null'], minimum: 0 },
  lagSeconds: { type: ['number', 'null'], minimum: 0, description: 'Age of the oldest event that it has not stored.' },
};
const state = { enum: HEALTH_STATES };
const segment = {
  type: 'object',
  properties: { segment: { type: 'integer', minimum: 0 }, state, ...lag },
  required: ['segment', 'state', ...Object.keys(lag)],
};
const processor = {
  name: { type: 'string' },
  state,
  ...lag,
  eventsPerSecond: { type: ['number', 'null'], minimum: 0, description: 'Of the last ten seconds.' },
  parked: { type: 'integer', minimum: 0, description: 'Keys of a view that wait for somebody to mend an event.' },
  sources: {
    type: 'array',
    items: { enum: SOURCES },
    description: 'From where its workers take its events; empty where none runs it.',
  },
  segments: { type: 'array', items: segment },
};

/** Of the answer about processors. */
export const processorsSchema = {
  head: { ...position, description: 'Of the last event that is no system event; null in an empty store.' },
  processors: {
    type: 'array',
    items: { type: 'object', properties: processor, required: Object.keys(processor) },
  },
};

/** The health of processors as JSON: positions as text, because they may lie beyond what a JSON number holds. */
export function toHealthAnswer({ head, processors }: ProcessorsHealth): object {
  const asText = <T extends { position: bigint | null }>({ position, ...rest }: T) => {
    return { ...rest, position: position?.toString() ?? null };
  };
  return {
    head: head?.toString() ?? null,
    processors: processors.map((told) => ({ ...asText(told), segments: told.segments.map(asText) })),
  };
}
