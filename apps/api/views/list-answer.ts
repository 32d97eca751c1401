import type { JsonSchema } from '#contracts/fields.js';

const nullable = (type: string): JsonSchema => ({ type: [type, 'null'] });

/** A page of customers. */
export const listAnswerSchema: JsonSchema = {
  type: 'object',
  properties: {
    customers: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          customerId: { type: 'string', format: 'uuid' },
          name: nullable('string'),
          facets: { type: 'array', items: { type: 'string' } },
          acquiredAt: nullable('string'),
          lastPurchaseAt: nullable('string'),
          value: { type: 'integer' },
          currency: nullable('string'),
          openComplaints: { type: 'integer' },
        },
        required: [
          'customerId',
          'name',
          'facets',
          'acquiredAt',
          'lastPurchaseAt',
          'value',
          'currency',
          'openComplaints',
        ],
      },
    },
    next: { type: 'string' },
    position: { type: 'string' },
  },
  required: ['customers'],
};
