/** As a running system answered. */
export const historyPageExample = {
  events: [
    {
      eventId: 'c7d0fe1e-9c59-50f4-8592-83391eebc1b3',
      type: 'CustomerAcquired',
      customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
      stream: 'customer-87229fa7-a1d5-59ef-a082-219692d323e5',
      revision: 0,
      position: '96',
      occurredAt: '2026-01-05T09:00:00Z',
      recordedAt: '2026-11-30T22:11:00.779Z',
      actor: {
        id: 'development',
        kind: 'employee',
      },
      commandId: '01a22e82-e7dc-71ca-b64f-7bd925590960',
      schemaVersion: 1,
      correlationId: '01a22e82-e7c2-71e1-872c-1217ef60815c',
      causationId: '01a22e82-e7dc-71ca-b64f-7bd925590960',
      data: {
        partyKind: 'person',
        roles: ['endConsumer'],
        name: 'Hoa Nguyễn',
        channel: 'web',
        externalIdentity: {
          system: 'shop',
          id: '4711',
        },
      },
    },
  ],
  next: '96',
  position: '240',
};
