import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { until } from '#testing/spec-worker.js';
import { ApiKeys } from './auth/api-keys.js';
import { EventStream } from './testing/event-stream.js';
import { aCustomer } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

let system: RunningSystem;
const LIMIT = 60;

beforeAll(async () => {
  system = await RunningSystem.start({ RAPPORT_RATE_LIMIT: String(LIMIT) });
}, 90_000);

afterAll(async () => {
  await system?.stop();
});

/** Sends bytes and reads until the other end closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket: Socket = connect(system.http.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

describe('a request', () => {
  it('of a credential that sends too many is refused with Retry-After, and others are not', async () => {
    const apiKey = await new ApiKeys(system.pool).create({ name: 'eager', role: 'service' });
    const send = () => system.http.send('GET', '/customers/x:1/loyalty', undefined, { 'x-api-key': apiKey });
    const answers = await Promise.all(Array.from({ length: 4 * LIMIT }, send));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(LIMIT);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.headers).toMatchObject({
      'retry-after': '1',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    expect(refused[0]!.body).toMatchObject({ type: 'urn:rapport:problem:too-many-requests', status: 429 });
    expect((await system.http.get('/customers/x:1/loyalty')).status).toBe(404);
    await until(async () => (await send()).status === 404);
  });

  it('with unknown keys is counted by where it comes from', async () => {
    const guess = () => system.http.send('GET', '/events', undefined, { 'x-api-key': 'guessed-key-guessed' });
    const statuses = (await Promise.all(Array.from({ length: 4 * LIMIT }, guess))).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  it('whose headers are too large, or that is no HTTP, is answered as a problem too', async () => {
    const large = await raw(`GET /health/live HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 [\s\S]*application\/problem\+json[\s\S]*"status":431/);
    expect(await raw('NO HTTP\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*problem:http-400/);
  });

  it('whose address is too long is refused', async () => {
    const { status, body } = await system.http.get(`/customers/x:1/360?position=${'1'.repeat(9_000)}`);
    expect([status, body.type]).toEqual([414, 'urn:rapport:problem:http-414']);
  });
});

describe('a server that is told to stop', () => {
  it('finishes what is under way, ends the streams of events, takes nothing new, and exits cleanly', async () => {
    const { apiKey, port } = system.http;
    const stream = await EventStream.open(port, '/events', { 'x-api-key': apiKey });
    await until(() => stream.lastId !== '');
    const body = JSON.stringify(aCustomer());
    const headers = {
      'x-api-key': apiKey,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    };
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/customers', headers, agent: false });
    const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
      sent.on('error', reject).on('response', (response) => {
        let text = '';
        response.on('data', (bytes: Buffer) => {
          text += bytes.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      });
    });
    // The server has read the headers and waits for the body: the request is under way.
    await new Promise((resolve) => {
      sent.once('continue', resolve);
      sent.flushHeaders();
    });
    system.api.process.kill('SIGTERM');
    await until(() => stream.hasEnded);
    await expect(EventStream.open(port, '/health/live', {})).rejects.toThrow();
    sent.end(body);
    const { status, text } = await answered;
    expect([status, JSON.parse(text)]).toEqual([201, expect.objectContaining({ revision: 0 })]);
    expect(await system.api.exit).toBe(0);
    const { id } = JSON.parse(text) as { id: string };
    expect(await system.store.load(`customer-${id}`)).toHaveLength(1);
  });
});
