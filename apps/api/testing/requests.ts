/** Bodies that the API takes, to be changed where a spec is about something. */
export const aCustomer = (change: object = {}) => ({
  partyKind: 'person',
  roles: ['endConsumer'],
  channel: 'web',
  name: 'Hoa Nguyễn',
  ...change,
});

export const aPurchase = (total: number, change: object = {}) => ({
  currency: 'USD',
  lines: [{ lineId: '1', kind: 'product', name: 'CD', quantity: 2, total }],
  subtotal: total,
  discount: 0,
  shipping: 0,
  tax: 0,
  total,
  ...change,
});

export const aComplaint = (change: object = {}) => ({
  issue: 'The CD is scratched',
  severity: 'medium',
  channel: 'phone',
  ...change,
});

export const aRisk = (change: object = {}) => ({
  score: 0.8,
  band: 'high',
  factors: [{ name: 'months without a purchase', weight: 0.6 }],
  model: { name: 'recency', version: '1' },
  ...change,
});
