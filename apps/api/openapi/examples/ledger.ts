/** As a running system answered. */
export const ledgerExample = {
  customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
  entries: [
    {
      number: 1,
      kind: 'earned',
      id: 'dc53fcab-60ea-5838-8bea-a6ea981e602b',
      on: '2026-01-20',
      points: 126,
      lots: [
        {
          lotId: 'fd1b8cb1-c6cf-5614-b073-1729837c5d5b',
          points: 126,
        },
      ],
      earnedOn: '2026-01-20',
      expiresOn: '2027-01-21',
    },
  ],
  levelsSet: [],
  position: '240',
};
