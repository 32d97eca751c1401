// Records what the requests of the fuzzer are about, so that each operation can succeed: what `.ci/fuzz.toml` names in paths,
// and what `.ci/fuzz_hooks.py` puts into bodies. Commands that cannot be repeated have somebody of their own.
//   node .ci/fuzzed.mjs API KEY   prints a line of JSON: { event, bodies: { OPERATION: { FIELD: ID } } }
const [api, key] = process.argv.slice(2);

async function send(method, path, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${api}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
const post = (path, body) => send('POST', path, body);
const identity = (id) => ({ system: 'fuzz', id });
/** As `.ci/fuzz.toml` names it. */
const inside = (end) => `0190f3a1-5c00-7000-8000-0000000000${end}`;

const PERSON = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Fuzz' };
const person = async (id) => (await post('/customers', { ...PERSON, externalIdentity: identity(id) })).id;
const prospect = (id) => post('/prospects', { ...PERSON, externalIdentity: identity(id) });

const SUMS = { subtotal: 1000000, discount: 0, shipping: 0, tax: 0, total: 1000000 };
const LINES = [{ lineId: '1', kind: 'product', quantity: 100, total: 1000000 }];
const purchase = (id) =>
  post('/customers/fuzz:customer/purchases', { externalOrderId: identity(id), currency: 'USD', lines: LINES, ...SUMS });

const CASE = { issue: 'Late', severity: 'low', channel: 'web' };
/** A case after some moves: `[['wait', {}]]`. */
async function complaint(id, moves = [], path = '/customers/fuzz:customer/complaints') {
  const { id: complaintId } = await post(path, { ...CASE, externalId: identity(id) });
  for (const [move, body] of moves) await post(`/complaints/fuzz:${id}/${move}`, body);
  return complaintId;
}

const RISK = { score: 0.8, band: 'high', factors: [], model: { name: 'fuzz', version: '1' } };
const OFFER = { terms: '10 % off', treatment: 'oneToOne', expiresAt: '9999-12-31T23:59:59Z' };
/** Somebody who may leave, with an offer. */
async function offered(id, end) {
  await person(id);
  await post(`/customers/fuzz:${id}/churn-risk`, RISK);
  await post(`/customers/fuzz:${id}/retention-offers`, { ...OFFER, offerId: inside(end) });
}

async function recordCustomers() {
  const customer = await person('customer');
  for (const id of ['qualified', 'disqualified', 'acquired']) await prospect(id);
  for (const id of ['erased', 'survivor', 'merged', 'churning', 'churned']) await person(id);
  const [absorbed, released, other] = [await person('absorbed'), await person('released'), await person('other')];
  await post('/customers/fuzz:merged/merge', { absorbedId: released });
  await post('/customers/fuzz:churned/churn', { how: 'inactive' });
  await post('/customers/fuzz:churned/retention-offers', { ...OFFER, offerId: inside('d4') });
  await post('/customers/fuzz:churned/retention-offers/accept', { offerId: inside('d4') });
  await post('/customers/fuzz:customer/parties', { relation: 'householdOf', otherCustomerId: other });
  for (const end of ['a1', 'a2']) {
    const point = { contactPointId: inside(end), medium: 'email', value: `${end}@example.org` };
    await post('/customers/fuzz:customer/contact-points', point);
  }
  for (const end of ['b1', 'b2']) {
    await post('/customers/fuzz:customer/needs', { needId: inside(end), statement: 'Quiet', expressed: 'stated' });
  }
  for (const end of ['c1', 'c2']) {
    await post('/customers/fuzz:customer/promises', { promiseId: inside(end), what: 'A call' });
  }
  const consent = { purpose: 'marketing', channel: 'email', basis: 'consent' };
  await post('/customers/fuzz:customer/consents', consent);
  await offered('accepting', 'd1');
  await offered('declining', 'd2');
  await offered('retained', 'd3');
  await post('/customers/fuzz:retained/retention-offers/accept', { offerId: inside('d3') });
  return { customer, absorbed, released, other };
}

async function recordWhatTheyDid() {
  for (const id of ['purchase', 'cancelled', 'corrected', 'returned']) await purchase(id);
  // Points of the purchases are there when the policies have seen them.
  await send('GET', '/customers/fuzz:customer/loyalty?settled=true');
  await post('/customers/fuzz:customer/loyalty/redeem', { points: 100, redemptionId: inside('e1') });
  const resolved = ['resolve', { outcome: 'explanation' }];
  const told = ['tell', { channel: 'web' }];
  const rated = await complaint('complaint');
  await complaint('resolving');
  await complaint('waiting', [['wait', {}]]);
  await complaint('resolved', [resolved]);
  await complaint('disputed', [resolved, told]);
  await complaint('closing', [resolved, told]);
  await complaint('closed', [resolved, told, ['close', {}]]);
  await complaint('attributed', [], '/complaints');
  const call = { channel: 'phone', direction: 'inbound', phase: 'after', purpose: 'support' };
  const times = { startedAt: '2026-03-01T09:00:00Z', endedAt: '2026-03-01T09:10:00Z' };
  await post('/interactions', { ...call, ...times, externalId: identity('interaction') });
  await post('/satisfaction/nps', { surveyId: inside('f1'), phase: 'after', scale: { min: 0, max: 10 }, score: 9 });
  return { rated };
}

const { customer, absorbed, released, other } = await recordCustomers();
const { rated } = await recordWhatTheyDid();
const { events } = await send('GET', '/customers/fuzz:customer/history?settled=true&limit=1');
const bodies = {
  'POST /customers/{id}/merge': { absorbedId: absorbed },
  'POST /customers/{id}/unmerge': { absorbedId: released },
  'POST /customers/{id}/dismiss-duplicate': { otherCustomerId: other },
  'POST /customers/{id}/parties': { otherCustomerId: other },
  'POST /customers/{id}/parties/unlink': { otherCustomerId: other },
  'POST /customers/{id}/retention-offers/accept': { offerId: inside('d1') },
  'POST /customers/{id}/retention-offers/decline': { offerId: inside('d2') },
  'POST /customers/{id}/retain': { offerId: inside('d3') },
  'POST /customers/{id}/win-back': { offerId: inside('d4') },
  'POST /customers/{id}/loyalty/reverse': { redemptionId: inside('e1') },
  'POST /complaints/{id}/attribute': { customerId: customer },
  'POST /interactions/{id}/attribute': { customerId: customer },
  'POST /customers/{id}/satisfaction/complaint-handling': { complaintId: rated },
  'POST /satisfaction/complaint-handling': { complaintId: rated, customerId: customer },
  ...Object.fromEntries(
    [
      ...['nps', 'csat', 'expectation', 'service-quality'].map((question) => `satisfaction/${question}`),
      'complaints',
      'interactions',
    ].map((path) => [`POST /${path}`, { customerId: customer }]),
  ),
};
process.stdout.write(`${JSON.stringify({ event: events[0].eventId, bodies })}\n`);
