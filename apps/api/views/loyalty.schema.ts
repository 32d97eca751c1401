import { count, day, listOf, number, object, position, text, uuid, whole } from './schema.js';

const window = object({ from: day, to: day });

/** What `LoyaltyOnDay` looks like. */
export const loyaltySchema = object(
  {
    customerId: uuid,
    date: { ...day, description: 'The day that the answer is for.' },
    balance: {
      ...whole,
      description: 'Points that can be spent; below zero where more was taken back than was there.',
    },
    deficit: { ...count, description: 'Points owed: the next earnings repay them.' },
    lots: listOf(object({ lotId: uuid, points: count, earnedOn: day }, { expiresOn: day })),
    loyaltyLevel: text,
    standing: object(
      { qualifyingPoints: number, window },
      {
        since: day,
        heldFrom: day,
        rulesVersion: { ...count, description: 'The version of the rules that decided it.' },
        heldThrough: day,
        reviewOn: day,
        decidedBy: object({ points: number, window }),
        next: object({ loyaltyLevel: text, threshold: count, missing: number }),
      },
    ),
  },
  { nextExpiry: object({ expiresOn: day, points: count }), position },
);
