import type { JsonSchema } from '#contracts/fields.js';

/** How many pairs a page holds at the most. */
export const MOST_PAIRS = 200;

const UUID: JsonSchema = { type: 'string', format: 'uuid' };

const pairSchema: JsonSchema = {
  type: 'object',
  required: ['customerId', 'otherCustomerId', 'score', 'evidence'],
  properties: {
    customerId: UUID,
    otherCustomerId: UUID,
    score: { type: 'number', minimum: 0.5, maximum: 1, description: 'How probable it is that the two are one.' },
    evidence: {
      type: 'array',
      description: 'The fields that both have, and how well they agree. A merge takes it as it is.',
      items: {
        type: 'object',
        required: ['field', 'similarity'],
        properties: {
          field: {
            enum: ['name', 'birthDate', 'addressLines', 'postalCode', 'city', 'region', 'email', 'phone', 'taxId'],
          },
          similarity: { type: 'number', minimum: 0, maximum: 1 },
        },
      },
    },
  },
};

/** @param next whether there may be another page. */
export function duplicatesSchema({ next }: { next: boolean }): JsonSchema {
  return {
    type: 'object',
    required: ['pairs', ...(next ? ['next'] : [])],
    properties: {
      pairs: { type: 'array', items: pairSchema },
      ...(next && {
        next: {
          type: ['string', 'null'],
          description:
            'Where the next page begins; null: nothing comes after. A page may be short and have a next one.',
        },
      }),
      position: { type: 'string', description: 'Up to which position the answer tells everything.' },
    },
  };
}
