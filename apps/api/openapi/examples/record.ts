/** As a running system answered. */
export const purchaseExample = {
  id: '4588e367-0059-5907-b0e3-785f7da746df',
  revision: 0,
  events: [
    {
      eventId: 'dc53fcab-60ea-5838-8bea-a6ea981e602b',
      type: 'CustomerPurchased',
      customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
      stream: 'purchase-4588e367-0059-5907-b0e3-785f7da746df',
      revision: 0,
      position: '128',
      recordedAt: '2026-11-30T22:11:01.008Z',
      occurredAt: '2026-01-20T10:30:00Z',
      actor: {
        id: 'development',
        kind: 'employee',
      },
      commandId: '01a22e82-e904-70c7-b2b7-17848a50ec2c',
      schemaVersion: 1,
      correlationId: '01a22e82-e8f4-736f-867d-83462b37a81e',
      causationId: '01a22e82-e904-70c7-b2b7-17848a50ec2c',
      data: {
        externalOrderId: {
          system: 'shop',
          id: 'O-4711',
        },
        currency: 'USD',
        channel: 'web',
        lines: [
          {
            lineId: '1',
            kind: 'product',
            productId: 'SKU-1',
            name: 'Kettle',
            quantity: 2,
            unitPrice: '60.00',
            total: 12000,
          },
          {
            lineId: '2',
            kind: 'service',
            name: 'Extended warranty',
            quantity: 1,
            total: 1500,
          },
        ],
        subtotal: 13500,
        discount: 1350,
        shipping: 500,
        tax: 0,
        total: 12650,
        customerId: '87229fa7-a1d5-59ef-a082-219692d323e5',
      },
    },
  ],
};
