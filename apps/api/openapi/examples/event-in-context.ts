import { purchaseExample } from './record.js';

/** As a running system answered. */
export const eventInContextExample = {
  event: {
    eventId: '2660deea-b5da-5544-8c90-22ac6647053b',
    type: 'PointsEarned',
    customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
    stream: 'loyalty-87229fa7-a1d5-59ef-a082-219692d323e5',
    revision: 1,
    position: '208',
    occurredAt: '2026-01-20T10:30:00Z',
    recordedAt: '2026-11-30T22:11:01.328Z',
    actor: {
      id: 'earn_points',
      kind: 'policy',
    },
    commandId: '7b8da009-e21a-5294-a43d-8336519112d2',
    schemaVersion: 1,
    decidedBy: {
      policy: 'earn_points',
    },
    correlationId: '01a22e82-e8f4-736f-867d-83462b37a81e',
    causationId: 'dc53fcab-60ea-5838-8bea-a6ea981e602b',
    data: {
      lotId: 'fd1b8cb1-c6cf-5614-b073-1729837c5d5b',
      points: 126,
      sourceEventId: 'dc53fcab-60ea-5838-8bea-a6ea981e602b',
      earnedOn: '2026-01-20',
      expiresOn: '2027-01-21',
      rulesVersion: 1,
      breakdown: {
        amount: 12650,
        currency: 'USD',
        minorUnitsPerPoint: 100,
        multiplier: '1',
      },
    },
  },
  causes: purchaseExample.events,
  effects: [],
  moreEffects: false,
  position: '240',
};
