// One customer from prospect to won back, over HTTP, and what Rapport then knows of them.
//   node docs/examples/lifecycle/play.mjs [--data DIR] [--api URL]
// The system has to run (`npm start`). Prints the 360° view, the loyalty ledger and the history.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { data: { type: 'string' }, api: { type: 'string' } } });
const api = values.api ?? process.env.RAPPORT_API ?? 'http://127.0.0.1:3000';
const key = process.env.RAPPORT_API_KEY ?? readFileSync(join(values.data ?? '.rapport', 'api-key'), 'utf8').trim();

const say = (text) => process.stdout.write(`${text}\n`);

async function send(method, path, body) {
  const headers = {
    authorization: `Bearer ${key}`,
    // A retry after a broken connection would find what the first one did.
    ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
  };
  const response = await fetch(api + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.detail}`);
  return answer;
}

let last;
/** Says what happens, and records it. */
async function step(what, path, body) {
  last = await send('POST', path, body);
  say(`• ${what}`);
  return last.id;
}

const shop = randomUUID().slice(0, 8);
const address = `example:${shop}`;
const customer = `/customers/${address}`;

say('Before the purchase');
await step('Hoa calls the hotline and becomes a prospect', '/prospects', {
  partyKind: 'person',
  roles: ['endConsumer'],
  name: 'Nguyễn Thị Hoa',
  approach: 'inbound',
  channel: 'hotline',
  externalIdentity: { system: 'example', id: shop },
});
await step('the call is a touch-point', `${customer}/interactions`, {
  channel: 'hotline',
  direction: 'inbound',
  phase: 'before',
  purpose: 'enquiry',
  agentId: 'agent-7',
  startedAt: new Date(Date.now() - 600_000).toISOString(),
  endedAt: new Date(Date.now() - 300_000).toISOString(),
});
const need = randomUUID();
await step('she needs a quiet coffee grinder', `${customer}/needs`, {
  needId: need,
  statement: 'A grinder that does not wake the children',
  expressed: 'stated',
  category: 'grinders',
});
await step('her number is kept, in E.164', `${customer}/contact-points`, {
  medium: 'phone',
  value: '0912 345 678',
  country: 'VN',
});
await step('she agrees to be called', `${customer}/consents`, {
  purpose: 'marketing',
  channel: 'phone',
  basis: 'consent',
  evidence: 'Said so on the call',
});
await step('she is worth pursuing', `${customer}/qualify`, { basis: 'Wants to buy this week' });
await step('what she expects of reliability', `${customer}/satisfaction/expectation`, {
  surveyId: randomUUID(),
  instrument: 'servqual5',
  dimension: 'reliability',
  scale: { min: 1, max: 7 },
  expectation: 6,
  expectationSources: ['wordOfMouth'],
});

say('The purchase');
await step('she becomes a customer', `${customer}/acquire`, {
  partyKind: 'person',
  roles: ['endConsumer'],
  channel: 'store',
  trigger: 'Saw it in the shop',
});
const purchase = await step('buys a grinder for 189.00 USD', `${customer}/purchases`, {
  currency: 'USD',
  channel: 'store',
  lines: [
    {
      lineId: '1',
      kind: 'product',
      name: 'Grinder',
      quantity: 1,
      unitPrice: '189.00',
      unitCost: '97.50',
      total: 18900,
    },
  ],
  subtotal: 18900,
  discount: 0,
  shipping: 0,
  tax: 0,
  total: 18900,
});
await step('her need is met', `${customer}/needs/${need}/meet`, { purchaseId: purchase });
const promise = randomUUID();
await step('she is promised a burr cleaning tool', `${customer}/promises`, {
  promiseId: promise,
  what: 'A cleaning tool by post within a week',
});

say('After the purchase');
await step('the promise is kept, and more', `${customer}/promises/${promise}/keep`, { outcome: 'moreThanPromised' });
await step('she would recommend the shop', `${customer}/satisfaction/nps`, {
  surveyId: randomUUID(),
  phase: 'after',
  scale: { min: 0, max: 10 },
  score: 9,
});
const complaint = await step('the grinder breaks: she complains', `${customer}/complaints`, {
  issue: 'The motor stopped after two weeks',
  severity: 'high',
  channel: 'phone',
  purchaseId: purchase,
});
await step('the complaint is acknowledged', `/complaints/${complaint}/acknowledge`, { channel: 'phone' });
await step('assigned to a specialist', `/complaints/${complaint}/assign`, { agentId: 'agent-12', line: 'specialist' });
await step('resolved with a refund', `/complaints/${complaint}/resolve`, {
  outcome: 'monetaryRelief',
  compensation: { amount: 18900, currency: 'USD' },
  rootCause: 'A faulty batch of motors',
});
await step('she is told', `/complaints/${complaint}/tell`, { channel: 'phone' });
await step('and the case is closed', `/complaints/${complaint}/close`, {});

say('Retention');
await step('the risk that she leaves is assessed', `${customer}/churn-risk`, {
  score: 0.7,
  band: 'high',
  factors: [{ name: 'a broken product', weight: 0.7 }],
  model: { name: 'by-hand', version: '1' },
});
const offer = randomUUID();
await step('she is offered a discount', `${customer}/retention-offers`, {
  offerId: offer,
  terms: '20 % off a better grinder',
  treatment: 'oneToOne',
  expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
});
await step('she accepts', `${customer}/retention-offers/accept`, { offerId: offer });
await step('and stays', `${customer}/retain`, { basis: 'offerAccepted', offerId: offer });
await step('later she leaves for a competitor', `${customer}/churn`, {
  how: 'voluntary',
  reason: 'Moved to another town',
  lostTo: 'Corner Coffee',
});
await step('and is won back', `${customer}/win-back`, { trigger: 'A shop opened in her new town' });

const query = `position=${last.position}&settled=true`;
const view = await send('GET', `${customer}/360?${query}`);
say('\n360° view');
say(JSON.stringify(view, null, 2));
say('\nLoyalty ledger');
say(JSON.stringify(await send('GET', `${customer}/loyalty/ledger?${query}`), null, 2));
say('\nHistory');
for (let cursor = ''; cursor !== undefined; ) {
  const page = await send('GET', `${customer}/history?${query}&limit=50${cursor}`);
  for (const { recordedAt, type, stream, actor } of page.events) {
    say(`${recordedAt} ${type.padEnd(28)} ${(stream ?? '').slice(0, 20).padEnd(20)} by ${actor?.id}`);
  }
  cursor = page.next === undefined ? undefined : `&cursor=${page.next}`;
}
if (view.customerStage !== 'wonBack') throw new Error(`She should be won back, but is ${view.customerStage}.`);
