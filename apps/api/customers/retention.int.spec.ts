import type { Recorded } from '#contracts/envelope.js';
import { newId } from '#contracts/ids.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { aComplaint, aCustomer, aRisk } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.start();
});

afterAll(async () => {
  await system?.stop();
});

const post = (path: string, body: object, headers = {}) => system.http.post(path, body, headers);
const acquire = async () => (await post('/customers', aCustomer())).body.id;

/** The 360° view when everything that is recorded by now has had its consequences. */
async function settled(id: string): Promise<Customer360> {
  const { status, body } = await system.http.get<Customer360>(`/customers/${id}/360?settled=true`);
  expect(status).toBe(200);
  return body;
}

async function typesOf(id: string): Promise<string[]> {
  return (await system.store.load(`customer-${id}`)).map(({ type }: Recorded) => type);
}

const anOffer = (change = {}) => ({
  terms: '10 % off for a year',
  treatment: 'oneToOne',
  expiresAt: '9999-12-31T23:59:59Z',
  ...change,
});
const aSurvey = (change: object) => ({ surveyId: newId(), scale: { min: 0, max: 10 }, ...change });

describe('a customer who may leave', () => {
  it('is at risk by a complaint, is made an offer, accepts it and is retained', async () => {
    const id = await acquire();
    const complained = await post(`/customers/${id}/complaints`, aComplaint());
    const seen = await settled(id);
    expect(seen).toMatchObject({
      customerStage: 'atRisk',
      churnRisk: {
        score: 0.3,
        band: 'medium',
        factors: [{ name: 'openComplaint', weight: 0.3, facts: [{ about: 'complaint', id: complained.body.id }] }],
        model: { name: 'rapport-rules', version: '1' },
      },
    });

    const made = await system.http.post<{ offerId: string; status: number }>(
      `/customers/${id}/retention-offers`,
      anOffer(),
    );
    const { offerId } = made.body;
    expect(made.status).toBe(200);
    expect((await post(`/customers/${id}/retention-offers/accept`, { offerId })).status).toBe(200);
    expect((await post(`/customers/${id}/retain`, { basis: 'offerAccepted', offerId })).status).toBe(200);
    expect(await settled(id)).toMatchObject({ customerStage: 'active', churnRisk: null });
    expect(await typesOf(id)).toEqual([
      'CustomerAcquired',
      'ChurnRiskAssessed',
      'RetentionOfferMade',
      'RetentionOfferAccepted',
      'CustomerRetained',
    ]);
  });

  it('is at no risk any more when the complaint is resolved and the poor answer made good', async () => {
    const id = await acquire();
    const complained = await post(`/customers/${id}/complaints`, aComplaint());
    await post(`/customers/${id}/satisfaction/nps`, aSurvey({ score: 2 }));
    expect(await settled(id)).toMatchObject({ customerStage: 'atRisk', churnRisk: { score: 0.6, band: 'high' } });
    await post(`/complaints/${complained.body.id}/resolve`, { outcome: 'explanation' });
    expect(await settled(id)).toMatchObject({ customerStage: 'atRisk', churnRisk: { score: 0.3, band: 'medium' } });
    await post(`/customers/${id}/satisfaction/nps`, aSurvey({ score: 9 }));
    expect(await settled(id)).toMatchObject({ customerStage: 'active', churnRisk: { score: 0, factors: [] } });
    expect((await post(`/customers/${id}/retain`, { basis: 'riskRecovered' })).status).toBe(200);
  });

  it('is at risk by a complaint that is found to be theirs, unless it is settled by then', async () => {
    const [id, other] = [await acquire(), await acquire()];
    for (const customerId of [id, other]) {
      const complaint = (await post('/complaints', aComplaint())).body.id;
      if (customerId === other) await post(`/complaints/${complaint}/resolve`, { outcome: 'explanation' });
      expect((await post(`/complaints/${complaint}/attribute`, { customerId })).status).toBe(200);
    }
    expect(await settled(id)).toMatchObject({ customerStage: 'atRisk' });
    expect(await settled(other)).toMatchObject({ customerStage: 'active', churnRisk: null });
  });

  it('churns and is won back', async () => {
    const id = await acquire();
    await post(`/customers/${id}/complaints`, aComplaint());
    await settled(id);
    const before = (await post(`/customers/${id}/retention-offers`, anOffer({ offerId: newId() }))).body;
    const churned = await post(`/customers/${id}/churn`, {
      how: 'voluntary',
      reason: 'The price',
      lostTo: 'A competitor',
    });
    expect(churned.status).toBe(200);
    await post(`/customers/${id}/complaints`, aComplaint());
    expect(await settled(id)).toMatchObject({ customerStage: 'churned', churnRisk: null });
    expect(await post(`/customers/${id}/churn`, { how: 'inactive' })).toMatchObject({
      status: 409,
      body: { rule: 'customer-churned-once' },
    });
    const { offerId: lapsed } = before as unknown as { offerId: string };
    expect(await post(`/customers/${id}/retention-offers/accept`, { offerId: lapsed })).toMatchObject({
      status: 409,
      body: { rule: 'retention-offer-answered-once' },
    });

    const offerId = newId();
    await post(`/customers/${id}/retention-offers`, anOffer({ offerId }));
    await post(`/customers/${id}/retention-offers/accept`, { offerId });
    expect((await post(`/customers/${id}/win-back`, { trigger: 'A visit', offerId })).status).toBe(200);
    expect(await settled(id)).toMatchObject({ customerStage: 'wonBack' });
    expect((await system.store.load(`customer-${id}`)).map(({ type, data }) => [type, data])).toContainEqual([
      'CustomerChurned',
      { how: 'voluntary', reason: 'The price', lostTo: 'A competitor' },
    ]);
  });

  it('is assessed by people under another name than the rules have', async () => {
    const id = await acquire();
    const model = { name: 'rapport-rules', version: '1' };
    expect(await post(`/customers/${id}/churn-risk`, aRisk({ model }))).toMatchObject({
      status: 422,
      body: { rule: 'risk-model-reserved', field: 'model.name' },
    });
    expect((await post(`/customers/${id}/churn-risk`, aRisk({ knownThrough: '7' }))).status).toBe(400);
  });
});

describe('an interaction', () => {
  const aCall = (change = {}) => ({
    channel: 'hotline',
    direction: 'inbound',
    phase: 'after',
    purpose: 'support',
    startedAt: '2026-03-01T09:00:00Z',
    endedAt: '2026-03-01T09:10:00Z',
    ...change,
  });

  it('is recorded once by its external id, and happened when it started', async () => {
    const id = await acquire();
    const call = aCall({ externalId: { system: 'call-centre', id: newId() }, outcome: 'Explained the bill' });
    const first = await post(`/customers/${id}/interactions`, call);
    expect([first.status, first.headers.location]).toEqual([201, `/interactions/${first.body.id}`]);
    expect(await post(`/customers/${id}/interactions`, call)).toMatchObject({ status: 200, body: first.body });
    expect((await post(`/customers/${id}/interactions`, { ...call, phase: 'before' })).status).toBe(409);
    const [event, ...others] = await system.store.load(`interaction-${first.body.id}`);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      data: { ...call, customerId: id },
      metadata: { occurredAt: call.startedAt, customerId: id, subject: { kind: 'customer', id } },
    });
  });

  it('stands for itself until it is attributed, once', async () => {
    const [id, other] = [await acquire(), await acquire()];
    const { body } = await post('/interactions', aCall());
    expect(await post(`/interactions/${body.id}/attribute`, { customerId: newId() })).toMatchObject({
      status: 404,
      body: { rule: 'customer-exists', field: 'customerId' },
    });
    expect((await post(`/interactions/${body.id}/attribute`, { customerId: id })).status).toBe(200);
    expect((await post(`/interactions/${body.id}/attribute`, { customerId: id })).status).toBe(200);
    expect(await post(`/interactions/${body.id}/attribute`, { customerId: other })).toMatchObject({
      status: 409,
      body: { rule: 'interaction-attributed-once' },
    });
    const events = await system.store.load(`interaction-${body.id}`);
    expect(events.map(({ type, metadata }) => [type, metadata.subject.id, metadata.customerId])).toEqual([
      ['InteractionRecorded', body.id, undefined],
      ['InteractionAttributed', id, id],
    ]);
  });
});

describe('an answer to a survey', () => {
  const to5 = { scale: { min: 1, max: 5 } };
  const quality = { ...to5, instrument: 'servqual5', dimension: 'empathy', expectation: 4 };

  it('is recorded under its survey, one to a question', async () => {
    const id = await acquire();
    const surveyId = newId();
    const complaintId = (await post(`/customers/${id}/complaints`, aComplaint())).body.id;
    const answers: [string, object][] = [
      ['nps', { score: 4, scale: { min: 0, max: 10 } }],
      ['csat', { ...to5, score: 5, comment: 'Friendly' }],
      ['complaint-handling', { ...to5, complaintId, speed: 1, attitude: 2, outcome: 3 }],
      ['expectation', { ...quality, expectationSources: ['advertising'] }],
      ['service-quality', { ...quality, perception: 2 }],
    ];
    for (const [question, answer] of answers) {
      const { status, headers } = await post(`/customers/${id}/satisfaction/${question}`, { surveyId, ...answer });
      expect([question, status, headers.location]).toEqual([question, 201, `/surveys/${surveyId}`]);
    }
    expect(await post(`/customers/${id}/satisfaction/nps`, { surveyId, ...answers[0]![1] })).toMatchObject({
      status: 409,
      body: { rule: 'survey-question-answered-once' },
    });
    const events = await system.store.load(`satisfaction-${surveyId}`);
    expect(events.map(({ data }) => data)).toEqual(
      answers.map(([, answer]) => ({ surveyId, customerId: id, ...answer })),
    );
  });

  it('is recorded where nobody knows whose it is', async () => {
    for (const [question, answer] of [
      ['nps', { score: 4, scale: { min: 0, max: 10 } }],
      ['csat', { ...to5, score: 5 }],
      ['expectation', quality],
      ['service-quality', { ...quality, perception: 2 }],
    ] as const) {
      const surveyId = newId();
      expect((await post(`/satisfaction/${question}`, { surveyId, ...answer })).status).toBe(201);
      const [event] = await system.store.load(`satisfaction-${surveyId}`);
      expect(event!.metadata).toMatchObject({ subject: { kind: 'customer', id: surveyId } });
      expect(event!.metadata.customerId).toBeUndefined();
    }
  });

  it('about the handling of a complaint is refused when there is none', async () => {
    const answer = { surveyId: newId(), ...to5, complaintId: newId(), speed: 1, attitude: 2, outcome: 3 };
    expect(await post('/satisfaction/complaint-handling', answer)).toMatchObject({
      status: 404,
      body: { rule: 'complaint-exists', field: 'complaintId' },
    });
  });

  it('is refused off its scale', async () => {
    expect(await post('/satisfaction/csat', { surveyId: newId(), ...to5, score: 6 })).toMatchObject({
      status: 422,
      body: { rule: 'score-within-scale', field: 'score' },
    });
  });
});

it('never made the API fail', () => {
  expect(system.http.failures).toEqual([]);
});
