/** As a running system answered. */
export const complaintExample = {
  complaintId: '6e79e50b-31a0-57f2-a155-14409234d6a1',
  customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
  externalId: {
    id: 'T-4711',
    system: 'helpdesk',
  },
  purchaseId: null,
  interactionId: null,
  product: {
    id: 'SKU-1',
    category: 'Kettles',
  },
  issue: 'Broken on arrival',
  subIssue: null,
  severity: 'medium',
  channel: 'phone',
  raisedAt: '2026-02-02T08:15:00.000Z',
  opening: 1,
  deadlines: [
    {
      dueAt: '2026-02-03T08:15:00Z',
      state: 'running',
      metric: 'acknowledgement',
      calendarVersion: 1,
    },
    {
      dueAt: '2026-02-09T08:15:00Z',
      state: 'running',
      metric: 'resolution',
      calendarVersion: 1,
    },
  ],
  breaches: [],
  resolution: null,
  course: [
    {
      data: {
        issue: 'Broken on arrival',
        channel: 'phone',
        product: {
          id: 'SKU-1',
          category: 'Kettles',
        },
        severity: 'medium',
        customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
        externalId: {
          id: 'T-4711',
          system: 'helpdesk',
        },
      },
      type: 'CustomerComplained',
      actor: {
        id: 'development',
        kind: 'employee',
      },
      eventId: 'cef30cbf-66cf-5ed3-8897-9afc4d3afa14',
      occurredAt: '2026-02-02T08:15:00Z',
      recordedAt: '2026-11-30T22:11:01.189Z',
    },
    {
      data: {
        dueAt: '2026-02-03T08:15:00Z',
        metric: 'acknowledgement',
        calendarVersion: 1,
      },
      type: 'ComplaintDeadlineSet',
      actor: {
        id: 'development',
        kind: 'employee',
      },
      eventId: '353ce1f0-996c-5b26-9560-b8da646e0ff1',
      occurredAt: '2026-02-02T08:15:00Z',
      recordedAt: '2026-11-30T22:11:01.189Z',
    },
    {
      data: {
        dueAt: '2026-02-09T08:15:00Z',
        metric: 'resolution',
        calendarVersion: 1,
      },
      type: 'ComplaintDeadlineSet',
      actor: {
        id: 'development',
        kind: 'employee',
      },
      eventId: 'd21aa5f6-ad32-5519-a5b1-af694ca36074',
      occurredAt: '2026-02-02T08:15:00Z',
      recordedAt: '2026-11-30T22:11:01.189Z',
    },
  ],
  status: 'received',
  line: 'front',
  assigned: null,
  position: '240',
};
