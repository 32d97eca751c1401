/** As a running system answered. */
export const loyaltyExample = {
  customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
  date: '2026-11-30',
  balance: 126,
  deficit: 0,
  lots: [
    {
      lotId: 'fd1b8cb1-c6cf-5614-b073-1729837c5d5b',
      points: 126,
      earnedOn: '2026-01-20',
      expiresOn: '2027-01-21',
    },
  ],
  nextExpiry: {
    expiresOn: '2027-01-21',
    points: 126,
  },
  loyaltyLevel: 'loyal',
  standing: {
    since: '2026-01-20',
    heldFrom: '2026-01-20',
    decidedBy: {
      points: 126,
      window: {
        from: '2025-01-21',
        to: '2026-01-20',
      },
    },
    heldThrough: '2027-01-20',
    reviewOn: '2027-02-20',
    qualifyingPoints: 126,
    window: {
      from: '2025-12-01',
      to: '2026-11-30',
    },
    next: {
      loyaltyLevel: 'preferred',
      threshold: 250,
      missing: 124,
    },
  },
  position: '240',
};
