import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '#contracts/ids.js';
import { policies } from '#policies/policies.js';
import { STATE_PUBLISHER } from '#processing/states/state-publisher.js';
import { TIMERS } from '#processing/timers.js';
import { projectionNames } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { publishedEvents } from '#testing/published-events.js';
import { ScrapedMetrics } from '#testing/scraped-metrics.js';
import { until } from '#testing/spec-worker.js';
import { type ReceivedSpan, TraceReceiver } from '#testing/trace-receiver.js';
import { aCustomer, aPurchase } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

const PROCESSORS = [...projectionNames, 'publisher', STATE_PUBLISHER, ...policies.map(({ name }) => name), TIMERS];

let receiver: TraceReceiver;
let system: RunningSystem;
let worker: string;

beforeAll(async () => {
  receiver = await TraceReceiver.start();
  system = await RunningSystem.start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '100' });
  worker = await system.workerUrl();
});

afterAll(async () => {
  await system?.stop();
  await receiver?.close();
});

interface Health {
  ready: boolean;
  head: string;
  processors: { name: string; state: string; position: string; lagPositions: number; lagSeconds: number }[];
}

const workerHealth = async () => (await (await fetch(`${worker}/health`)).json()) as Health;
const scrapeWorker = async () => new ScrapedMetrics(await (await fetch(`${worker}/metrics`)).text());
const scrapeApi = async () => new ScrapedMetrics((await system.http.get('/metrics')).text);

/** What a policy appends moves the head again: until nothing is left to do for anybody. */
async function settled(position: string): Promise<void> {
  const path = `/customers?position=${position}&settled=true`;
  expect((await system.http.get(path)).status).toBe(200);
  await until(async () => {
    const { head, processors } = await workerHealth();
    return BigInt(head) >= BigInt(position) && processors.every(({ lagPositions }) => lagPositions === 0);
  });
}

describe('a trace', () => {
  it('leads from the request of somebody else’s to the events, the rows, what policies did, and the Kafka records', async () => {
    const customer = await system.http.post('/customers', aCustomer());
    await settled(customer.body.position);
    const [traceId, caller] = [newId().replaceAll('-', ''), '00f067aa0ba902b7'];
    const bought = await system.http.post(`/customers/${customer.body.id}/purchases`, aPurchase(25_000), {
      traceparent: `00-${traceId}-${caller}-01`,
    });
    await settled(bought.body.position);

    const trace = () => receiver.spans.filter((span) => span.traceId === traceId);
    const named = (name: string) => trace().filter((span) => span.name === name);
    const one = (name: string): ReceivedSpan => {
      expect(named(name)).toHaveLength(1);
      return named(name)[0]!;
    };
    await until(() => named('process customer_360').length > 0);
    await until(() => named('command EarnPoints').length > 0 && named('publish publisher').length > 0);

    const request = one('POST /customers/:id/purchases');
    expect(request).toMatchObject({
      service: 'rapport-api',
      parentSpanId: caller,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 201 },
      failed: false,
    });
    const command = one('command RecordPurchase');
    expect(command).toMatchObject({ service: 'rapport-api', parentSpanId: request.spanId });
    expect(named('append').filter(({ parentSpanId }) => parentSpanId === command.spanId)).toHaveLength(1);

    const [event] = await system.store.load(`purchase-${bought.body.id}`);
    expect(event!.metadata.traceparent).toBe(`00-${traceId}-${command.spanId}-01`);

    // The batch that held the event, and the transaction in which its row was stored.
    const link = { traceId, spanId: command.spanId };
    const batches = receiver.spans.filter(
      ({ name, links }) => name === 'process customer_360' && links.some((each) => each.spanId === link.spanId),
    );
    expect(batches).toMatchObject([
      { service: 'rapport-worker', links: expect.arrayContaining([expect.objectContaining(link)]) },
    ]);
    const rows = receiver.spans.filter(({ parentSpanId }) => parentSpanId === batches[0]!.spanId);
    expect(rows).toMatchObject([{ name: 'transaction', attributes: { 'db.system.name': 'postgresql' } }]);

    // The points are earned in the same trace, because of the purchase.
    expect(one('command EarnPoints')).toMatchObject({ service: 'rapport-worker', parentSpanId: command.spanId });

    const records = await publishedEvents(system.servers.kafkaBrokers, 3);
    const record = records.find(({ id }) => id === event!.eventId)!;
    expect(record.headers.traceparent).toBe(event!.metadata.traceparent);
    const earned = records.find(({ headers }) => headers.ce_type === 'PointsEarned')!;
    expect(earned.headers.traceparent).toContain(traceId);
    expect(
      receiver.spans.some(
        ({ name, links }) => name === 'publish publisher' && links.some((each) => each.spanId === link.spanId),
      ),
    ).toBe(true);

    const wrong = trace().filter(
      ({ parentSpanId }) => parentSpanId !== caller && !trace().some(({ spanId }) => spanId === parentSpanId),
    );
    expect(wrong).toEqual([]);
  });

  it('tells that a command was refused, and nothing of what it said', async () => {
    const traceId = newId().replaceAll('-', '');
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const name = 'Somebody Secret';
    await system.http.post(`/customers/${newId()}/profile`, { changes: { person: { fullName: name } } }, headers);
    await system.http.post('/customers', { ...aCustomer(), name, roles: ['unheard-of'] }, headers);
    await until(() => receiver.spans.filter((span) => span.traceId === traceId).length >= 2);
    expect(JSON.stringify(receiver.spans)).not.toContain(name);
  });

  it('is not recorded where the caller says so, and does not lead to events', async () => {
    const traceId = newId().replaceAll('-', '');
    const { body } = await system.http.post('/customers', aCustomer(), {
      traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
    });
    await settled(body.position);
    const [event] = await system.store.load(`customer-${body.id}`);
    expect(event!.metadata).not.toHaveProperty('traceparent');
    expect(receiver.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });
});

describe('the metrics', () => {
  it('of the API count requests by route and status, commands by how they ended, and events', async () => {
    const before = await scrapeApi();
    const { body } = await system.http.post('/customers', aCustomer());
    const key = { 'idempotency-key': newId() };
    const buy = () => system.http.post(`/customers/${body.id}/purchases`, aPurchase(100), key);
    await buy();
    await buy();
    await system.http.post(`/customers/${newId()}/purchases`, aPurchase(100));
    await system.http.get(`/nowhere/${newId()}`);
    const after = await scrapeApi();
    const gained = (name: string, labels: Record<string, string | number>) =>
      (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
    const requests = 'rapport_http_requests_total';
    const route = '/customers/:id/purchases';
    expect(gained(requests, { method: 'POST', route: '/customers', status: 201 })).toBe(1);
    expect(gained(requests, { method: 'POST', route, status: 201 })).toBe(2);
    expect(gained(requests, { method: 'POST', route, status: 404 })).toBe(1);
    expect(gained(requests, { method: 'GET', route: 'none', status: 404 })).toBe(1);
    expect(gained('rapport_http_request_duration_seconds_count', { method: 'POST', route })).toBe(3);
    const commands = 'rapport_commands_total';
    expect(gained(commands, { command: 'AcquireCustomer', outcome: 'appended' })).toBe(1);
    expect(gained(commands, { command: 'RecordPurchase', outcome: 'appended' })).toBe(1);
    expect(gained(commands, { command: 'RecordPurchase', outcome: 'repeated' })).toBe(1);
    expect(gained('rapport_command_duration_seconds_count', { command: 'RecordPurchase' })).toBe(2);
    expect(gained('rapport_event_store_appended_events_total', {})).toBe(2);
    expect(gained('rapport_event_store_append_duration_seconds_count', { outcome: 'appended' })).toBe(2);
    expect(after.value('rapport_database_pool_connections', { state: 'limit' })).toBe(10);
    expect(after.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    // Ids in paths would make a series of each.
    expect(after.labels(requests, 'route').filter((each) => /[0-9a-f]{8}-/.test(each))).toEqual([]);
  });

  it('are all in docs/metrics.md', async () => {
    const documented = readFileSync(join(DIST, '../docs/metrics.md'), 'utf8');
    const told = [await scrapeApi(), await scrapeWorker()].flatMap(({ names }) => [...names]);
    const own = told.filter((name) => name.startsWith('rapport_'));
    expect(own.length).toBeGreaterThan(20);
    for (const name of own) expect(documented).toContain(`\`${name.replace(/_(bucket|sum|count)$/, '')}\``);
  });

  it('of the API are for those who may watch it', async () => {
    expect((await system.http.send('GET', '/metrics', undefined, {})).status).toBe(401);
  });

  it('of the worker tell position, head and lag of every processor as they are', async () => {
    const { body } = await system.http.post(`/customers`, aCustomer());
    await settled(body.position);
    const told = await scrapeWorker();
    const head = Number(await system.store.head());
    expect(told.value('rapport_event_store_head_position')).toBe(head);
    const { rows } = await system.pool.query<{ processor: string; segment: number; position: number }>(
      `select processor, segment, position from views.checkpoints
       union all select processor, segment, position from ops.checkpoints`,
    );
    expect([...new Set(rows.map(({ processor }) => processor))].sort()).toEqual(PROCESSORS.toSorted());
    for (const { position, ...labels } of rows) {
      expect([labels, told.value('rapport_processor_position', labels)]).toEqual([labels, position]);
      expect(told.value('rapport_processor_lag_positions', labels)).toBe(0);
      expect(told.value('rapport_processor_lag_seconds', labels)).toBe(0);
    }
    for (const processor of PROCESSORS) {
      expect(told.value('rapport_processor_state', { processor, state: 'running' })).toBe(1);
      expect(told.value('rapport_processor_state', { processor })).toBe(1);
      expect(told.value('rapport_processor_parked_keys', { processor })).toBe(0);
    }
    expect(told.labels('rapport_processor_position', 'processor')).toEqual(PROCESSORS.toSorted());
    const { events } = await system.store.count(() => true);
    const topics = told.labels('rapport_publisher_records_total', 'topic');
    expect(topics).toEqual(expect.arrayContaining(['rapport.customer.events.v1', 'rapport.customer.360.v1']));
    const records = ['customer', 'business'].map(
      (of) => told.value('rapport_publisher_records_total', { topic: `rapport.${of}.events.v1` }) ?? 0,
    );
    expect(records.reduce((sum, count) => sum + count)).toBe(events);
    expect(told.value('rapport_processor_events_total', { processor: 'customer_360' })).toBe(events);
    expect(told.value('rapport_processor_batch_duration_seconds_count', { processor: 'publisher' })).toBeGreaterThan(0);
    expect(told.value('rapport_processor_failures_total') ?? 0).toBe(0);
    expect(told.value('rapport_commands_total', { command: 'EarnPoints', outcome: 'appended' })).toBeGreaterThan(0);
  });
});

describe('the health', () => {
  it('is told of every processor by the API and by the worker alike', async () => {
    const { body } = await system.http.post(`/customers`, aCustomer());
    await settled(body.position);
    const answer = await system.http.send<Health>('GET', '/health', undefined, {});
    expect(answer.status).toBe(200);
    const head = String(await system.store.head());
    expect(answer.body).toMatchObject({ ready: true, head });
    const own = await workerHealth();
    for (const health of [answer.body, own]) {
      expect(health.processors.map(({ name }) => name).sort()).toEqual(PROCESSORS.toSorted());
      for (const processor of health.processors) {
        expect(processor).toMatchObject({
          state: 'running',
          position: expect.any(String),
          lagPositions: 0,
          lagSeconds: 0,
        });
      }
    }
    expect((await fetch(`${worker}/health/live`)).status).toBe(200);
    expect((await fetch(`${worker}/health/ready`)).status).toBe(200);
    expect((await fetch(`${worker}/nothing`)).status).toBe(404);
    expect((await fetch(`${worker}/health`, { method: 'POST' })).status).toBe(405);
  });

  it('says how much is left to do while no worker runs, and how old that is', async () => {
    await system.restartWorker(async () => {
      const { body } = await system.http.post(`/customers`, aCustomer());
      const before = Date.now();
      const { body: health } = await system.http.get<Health>('/health');
      const idle = health.processors.find(({ name }) => name === 'customer_360')!;
      expect(health).toMatchObject({ ready: false, head: body.position });
      expect(idle).toMatchObject({
        state: 'no worker runs it',
        lagPositions: Number(body.position) - Number(idle.position),
      });
      const [event] = await system.store.load(`customer-${body.id}`);
      const age = (before - Date.parse(event!.recordedAt)) / 1_000;
      expect(idle.lagSeconds).toBeGreaterThanOrEqual(age);
      expect(idle.lagSeconds).toBeLessThan(age + 5);
    });
  });
});
