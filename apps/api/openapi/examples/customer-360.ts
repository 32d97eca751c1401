/** As a running system answered. */
export const customer360Example = {
  customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
  partyKind: 'person',
  roles: ['endConsumer'],
  name: 'Hoa Nguyễn',
  profile: null,
  externalIdentities: [
    {
      id: '4711',
      system: 'shop',
    },
  ],
  contactPoints: [
    {
      raw: '0912 345 678',
      label: 'mobile',
      value: '+84912345678',
      medium: 'phone',
      verified: false,
      preferred: true,
      contactPointId: 'c4bc09a2-a9a7-528f-992e-95f538bf7599',
    },
  ],
  parties: [],
  consents: [],
  channel: 'web',
  origin: null,
  needs: [],
  promises: null,
  customerStage: 'atRisk',
  qualification: null,
  acquiredAt: '2026-01-05T09:00:00.000Z',
  retainedAt: null,
  churnedAt: null,
  wonBackAt: null,
  churnRisk: {
    band: 'medium',
    model: {
      name: 'rapport-rules',
      version: '1',
    },
    score: 0.3,
    factors: [
      {
        name: 'openComplaint',
        facts: [
          {
            id: '6e79e50b-31a0-57f2-a155-14409234d6a1',
            about: 'complaint',
            occurredAt: '2026-02-02T08:15:00Z',
          },
        ],
        weight: 0.3,
      },
    ],
    assessedAt: '2026-02-02T08:15:00.000Z',
    knownThrough: '144',
  },
  relationshipLevel: null,
  potential: null,
  owner: null,
  purchases: 1,
  firstPurchaseAt: '2026-01-20T10:30:00.000Z',
  lastPurchaseAt: '2026-01-20T10:30:00.000Z',
  lastPurchases: [
    {
      total: 12650,
      currency: 'USD',
      occurredAt: '2026-01-20T10:30:00.000Z',
      purchaseId: '4588e367-0059-5907-b0e3-785f7da746df',
    },
  ],
  complaints: 1,
  openComplaints: [
    {
      issue: 'Broken on arrival',
      status: 'received',
      channel: 'phone',
      severity: 'medium',
      deadlines: {
        resolution: {
          dueAt: '2026-02-09T08:15:00Z',
        },
        acknowledgement: {
          dueAt: '2026-02-03T08:15:00Z',
        },
      },
      occurredAt: '2026-02-02T08:15:00.000Z',
      complaintId: '6e79e50b-31a0-57f2-a155-14409234d6a1',
    },
  ],
  interactions: 0,
  touchPoints: null,
  erasedAt: null,
  totals: {
    USD: {
      items: 3,
      value: 12650,
      refunded: 0,
      purchased: 12650,
      purchases: 1,
    },
  },
  rhythmDays: null,
  offers: [],
  satisfaction: null,
  erased: false,
  loyalty: {
    date: '2026-11-30',
    balance: 126,
    loyaltyLevel: 'loyal',
  },
  position: '240',
};
