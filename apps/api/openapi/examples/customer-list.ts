/** As a running system answered. */
export const customerListExample = {
  customers: [
    {
      customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
      name: 'Hoa Nguyễn',
      facets: [
        'partyKind:person',
        'role:endConsumer',
        'customerStage:atRisk',
        'loyaltyLevel:loyal',
        'churnRisk:medium',
      ],
      acquiredAt: '2026-01-05T09:00:00.000Z',
      lastPurchaseAt: '2026-01-20T10:30:00.000Z',
      value: 12650,
      currency: 'USD',
      openComplaints: 1,
    },
  ],
  position: '240',
};
