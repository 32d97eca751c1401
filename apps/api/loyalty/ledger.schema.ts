import type { JsonSchema } from '#contracts/fields.js';

const UUID = { type: 'string', format: 'uuid' };
const DAY = { type: 'string', format: 'date' };
const POSITION = { type: 'string', pattern: '^\\d+$' };

const allocations: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { lotId: UUID, points: { type: 'integer' } },
    required: ['lotId', 'points'],
  },
};

/** What a redemption answers. */
export const redemptionSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: UUID,
    revision: { type: 'integer', minimum: -1 },
    position: POSITION,
    redemptionId: UUID,
    allocations: { ...allocations, description: 'From which lots the points were taken.' },
  },
  required: ['id', 'revision', 'redemptionId', 'allocations'],
  examples: [
    {
      id: 'fcd9ba3a-5c96-5941-a123-7819353ae857',
      revision: 2,
      position: '64',
      redemptionId: '0190f3a1-5c00-7000-8000-0000000000e1',
      allocations: [{ lotId: '32e291ba-69d4-5e9f-8cac-76b391c27cbc', points: 100 }],
    },
  ],
};

const KINDS = ['earned', 'corrected', 'given', 'redeemed', 'reversed', 'clawedBack', 'taken', 'movedOut', 'movedIn'];

/** What `LedgerPage` looks like. */
export const ledgerSchema: JsonSchema = {
  type: 'object',
  properties: {
    customerId: UUID,
    entries: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          number: { type: 'integer', minimum: 1 },
          kind: { type: 'string', enum: KINDS },
          id: { ...UUID, description: 'Of the source event, redemption, return, adjustment or merge.' },
          on: DAY,
          points: { type: 'integer', description: 'By how much it changed what can be spent, the deficit included.' },
          lots: allocations,
          deficit: { type: 'integer' },
          earnedOn: DAY,
          expiresOn: DAY,
          otherCustomerId: UUID,
        },
        required: ['number', 'kind', 'id', 'on', 'points', 'lots'],
      },
    },
    next: { type: 'integer', description: 'Where the next page begins: `after`. Left out on the last page.' },
    levelsSet: {
      type: 'array',
      items: {
        type: 'object',
        properties: { loyaltyLevel: { type: 'string' }, on: DAY },
        required: ['loyaltyLevel', 'on'],
      },
    },
    movedTo: { ...UUID, description: 'The customer whose ledger goes on with the points, after a merge.' },
    position: POSITION,
  },
  required: ['customerId', 'entries', 'levelsSet'],
};
