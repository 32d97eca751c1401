import { newId } from '#contracts/ids.js';
import type { ShownComplaint } from '#read-models/complaint/complaint.query.js';
import { ApiKeys } from '../auth/api-keys.js';
import { type CommandBody, HttpClient, type ProblemBody } from '../testing/http-client.js';
import { aComplaint, aCustomer } from '../testing/requests.js';
import { RunningSystem } from '../testing/running-system.js';

/** Tuesday. Timers are due up to its end; what is moved without a time of its own happens on it, at the time of day that it is. */
const TODAY = '2026-06-16';
const MORNING = '2026-06-16T00:00:00Z';

let system: RunningSystem;
let customer: string;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_BUSINESS_DATE: TODAY });
  customer = (await system.http.post('/customers', aCustomer())).body.id;
});

afterAll(() => system?.stop());

/** A complaint of the customer; low: two business days to acknowledge, ten to resolve. */
async function raise(change: object = {}): Promise<string> {
  const body = aComplaint({ severity: 'low', occurredAt: MORNING, ...change });
  const { status, body: answer } = await system.http.post(`/customers/${customer}/complaints`, body);
  expect(status).toBe(201);
  return answer.id;
}

async function move(id: string, name: string, body: object = {}): Promise<CommandBody> {
  const answer = await system.http.post(`/complaints/${id}/${name}`, body);
  expect({ name, status: answer.status, body: answer.body }).toMatchObject({ status: 200, body: { id } });
  return answer.body;
}

/** The view with everything that is recorded by now, and what policies and timers made of it. */
async function shown(id: string): Promise<ShownComplaint & { position: string }> {
  const answer = await system.http.get<ShownComplaint & { position: string }>(`/complaints/${id}?settled=true`);
  expect(answer.status).toBe(200);
  return answer.body;
}

const types = async (id: string): Promise<string[]> =>
  (await system.store.load(`complaint-${id}`)).map(({ type }) => type);

describe('the life of a complaint', () => {
  it('goes from raised to closed by HTTP, and its course tells all of it', async () => {
    const id = await raise();
    await move(id, 'acknowledge', { channel: 'email' });
    await move(id, 'assess', { severity: 'medium', reason: 'As the customer says.' });
    await move(id, 'assign', { agentId: 'e-17', line: 'specialist' });
    await move(id, 'wait', { question: 'Which disc?' });
    expect(await shown(id)).toMatchObject({ status: 'waitingOnCustomer' });
    await move(id, 'resume', { reason: 'Answered.' });
    await move(id, 'escalate', { to: 'management', reason: 'Asked for.' });
    await move(id, 'resolve', { outcome: 'monetaryRelief', compensation: { amount: 500, currency: 'USD' } });
    await move(id, 'tell', { channel: 'phone' });
    await move(id, 'dispute', { reason: 'Too little.' });
    await move(id, 'reopen', { reason: 'True.' });
    await move(id, 'resolve', { outcome: 'nonMonetaryRelief' });
    await move(id, 'tell', { channel: 'phone' });
    await move(id, 'close');

    const complaint = await shown(id);
    expect(complaint).toMatchObject({
      complaintId: id,
      customerId: customer,
      status: 'closed',
      line: 'management',
      severity: 'medium',
      assigned: { agentId: 'e-17' },
      opening: 2,
      breaches: [],
      resolution: { outcome: 'nonMonetaryRelief', toldAt: expect.any(String) },
    });
    expect(complaint.course.map(({ type }) => type)).toEqual(await types(id));
    expect(complaint.course).toHaveLength(20);
    expect(complaint.course[0]!.actor.id).toBe('development');
  });

  it('refuses what is out of turn, with the rule and the field', async () => {
    const id = await raise();
    const refused = async (name: string, body: object = {}) =>
      (await system.http.post<ProblemBody>(`/complaints/${id}/${name}`, body)).body;
    expect(await refused('close')).toMatchObject({ status: 409, rule: 'resolution-told' });
    expect(await refused('resume')).toMatchObject({ status: 409, rule: 'complaint-waiting' });
    expect(await refused('acknowledge', { occurredAt: '2026-06-15T23:59:59Z' })).toMatchObject({
      status: 422,
      rule: 'complaint-dates-in-order',
      field: 'occurredAt',
    });
    expect(await refused('assess', { severity: 'dire', reason: 'Yes.' })).toMatchObject({
      status: 400,
      errors: [{ field: 'severity' }],
    });
    expect((await system.http.post<ProblemBody>(`/complaints/${newId()}/acknowledge`, {})).body).toMatchObject({
      status: 404,
      rule: 'complaint-not-found',
    });
    expect((await system.http.get(`/complaints/${newId()}`)).status).toBe(404);
    expect((await system.http.get(`/complaints/${id}?when=now`)).status).toBe(400);
  });

  it('answers a repeated command with its first outcome', async () => {
    const key = { 'idempotency-key': newId() };
    const body = aComplaint({ severity: 'low', occurredAt: MORNING });
    const first = await system.http.post(`/customers/${customer}/complaints`, body, key);
    const again = await system.http.post(`/customers/${customer}/complaints`, body, key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await types(first.body.id)).toHaveLength(3);
  });

  it('has the id of what it is known by outside', async () => {
    const number = newId();
    const body = aComplaint({ occurredAt: MORNING, externalId: { system: 'desk', id: number } });
    const first = await system.http.post('/complaints', body);
    const again = await system.http.post('/complaints', body);
    expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id]);
    expect((await system.http.get<ShownComplaint>(`/complaints/desk:${number}?settled=true`)).body).toMatchObject({
      complaintId: first.body.id,
      customerId: null,
    });
    const other = await system.http.post<ProblemBody>('/complaints', { ...body, issue: 'Another' });
    expect(other.status).toBe(409);
  });
});

describe('a complaint whose customer is found later', () => {
  it('is attributed once, and goes on under the customer', async () => {
    const { id } = (await system.http.post('/complaints', aComplaint({ severity: 'low', occurredAt: MORNING }))).body;
    await move(id, 'acknowledge');
    const unknown = await system.http.post<ProblemBody>(`/complaints/${id}/attribute`, { customerId: newId() });
    expect(unknown.body).toMatchObject({ status: 404, rule: 'customer-exists', field: 'customerId' });
    await move(id, 'attribute', { customerId: customer });
    await move(id, 'attribute', { customerId: customer });
    const other = (await system.http.post('/customers', aCustomer())).body.id;
    const refused = await system.http.post<ProblemBody>(`/complaints/${id}/attribute`, { customerId: other });
    expect(refused.body).toMatchObject({ status: 409, rule: 'complaint-attributed-once', field: 'customerId' });
    await move(id, 'assign', { agentId: 'e-1' });

    expect(await shown(id)).toMatchObject({ customerId: customer });
    const subjects = (await system.store.load(`complaint-${id}`)).map(({ type, metadata }) => [
      type,
      metadata.subject.id === id ? 'itself' : metadata.subject.id,
      metadata.customerId,
    ]);
    expect(subjects.slice(-3)).toEqual([
      ['ComplaintAcknowledged', 'itself', undefined],
      ['ComplaintAttributed', customer, customer],
      ['ComplaintAssigned', customer, customer],
    ]);
  });
});

describe('what was said in a complaint', () => {
  const said = { description: 'My name is Hoa, and the disc is broken.', desiredOutcome: 'An apology to Hoa' };
  let analyst: HttpClient;

  beforeAll(async () => {
    const key = await new ApiKeys(system.pool).create({ name: 'ana', role: 'analyst' });
    analyst = new HttpClient(system.http.port, key);
  });

  afterAll(() => analyst?.close());

  it('is told to those who may see personal data, and to nobody else', async () => {
    const id = await raise({ ...said, reason: 'Phoned in' });
    const complaint = await shown(id);
    expect(complaint).toMatchObject(said);
    expect(complaint.course[0]).toMatchObject({ data: said, reason: 'Phoned in' });

    const seen = await analyst.get<ShownComplaint>(`/complaints/${id}?settled=true`);
    expect(seen.body).toMatchObject({ issue: complaint.issue, status: 'received' });
    expect(seen.body).not.toHaveProperty('description');
    expect(seen.body).not.toHaveProperty('desiredOutcome');
    expect(seen.text).not.toMatch(/Hoa|Phoned|personal/);

    const { rows } = await system.pool.query('select complaint::text from views.complaint where complaint_id = $1', [
      id,
    ]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('Hoa');
  });

  it('is left out where nothing was said', async () => {
    expect(await shown(await raise())).not.toHaveProperty('description');
  });

  it('is gone when the customer is erased, also where it was said before anybody knew whose it was', async () => {
    const { id: leaving } = (await system.http.post('/customers', aCustomer())).body;
    const own = (await system.http.post(`/customers/${leaving}/complaints`, aComplaint(said))).body.id;
    const found = (await system.http.post('/complaints', aComplaint(said))).body.id;
    expect(await shown(found)).toMatchObject(said);
    await move(found, 'attribute', { customerId: leaving });
    for (const id of [own, found]) expect(await shown(id)).toMatchObject({ ...said, customerId: leaving });

    expect((await system.http.post(`/customers/${leaving}/erase`, { reason: 'Asked for' })).status).toBe(200);
    for (const id of [own, found]) {
      const complaint = await shown(id);
      expect(complaint).toMatchObject({ customerId: leaving, issue: aComplaint().issue });
      expect(JSON.stringify(complaint)).not.toMatch(/Hoa|personal/);
    }
  });
});

describe('deadlines that pass', () => {
  it('are breached by the timers, once, with the deadline’s time and the event that set it as the cause', async () => {
    const id = await raise({ severity: 'critical', occurredAt: '2026-06-15T09:00:00Z' });
    const { breaches, deadlines } = await shown(id);
    expect(breaches).toEqual([
      { metric: 'acknowledgement', dueAt: '2026-06-15T10:00:00Z', opening: 1 },
      { metric: 'resolution', dueAt: '2026-06-16T09:00:00Z', opening: 1 },
    ]);
    expect(deadlines.map(({ state }) => state)).toEqual(['missed', 'missed']);
    const events = await system.store.load(`complaint-${id}`);
    const breach = events.find(({ type }) => type === 'ComplaintSlaBreached')!;
    expect(breach.metadata).toMatchObject({
      occurredAt: '2026-06-15T10:00:00Z',
      actor: { id: 'complaintAcknowledgement', kind: 'policy' },
      causationId: events.find(({ type }) => type === 'ComplaintDeadlineSet')!.eventId,
      correlationId: events[0]!.metadata.correlationId,
      customerId: customer,
    });
  });

  it('are not breached when they lie too far back', async () => {
    const old = await raise({ occurredAt: '2013-08-01T09:00:00Z' });
    expect((await shown(old)).breaches).toEqual([]);
    expect(await types(old)).toEqual(['CustomerComplained', 'ComplaintDeadlineSet', 'ComplaintDeadlineSet']);
  });

  it('fire after every worker was killed, when their day has come', async () => {
    const id = await raise();
    expect((await shown(id)).breaches).toEqual([]);
    await system.replaceWorker({ RAPPORT_BUSINESS_DATE: '2026-06-18' });
    expect((await shown(id)).breaches).toEqual([
      { metric: 'acknowledgement', dueAt: '2026-06-17T17:00:00Z', opening: 1 },
    ]);
    await system.replaceWorker({ RAPPORT_BUSINESS_DATE: '2026-06-30' });
    expect((await shown(id)).breaches.map(({ metric }) => metric)).toEqual(['acknowledgement', 'resolution']);
    expect(await types(id)).toHaveLength(5);
  });
});
