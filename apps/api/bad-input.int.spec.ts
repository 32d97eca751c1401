import { readFileSync } from 'node:fs';
import { externalId } from '#contracts/ids.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { corpus, describeWithCorpora, jsonSuite } from './testing/corpora.js';
import type { Answer, CommandBody } from './testing/http-client.js';
import { aComplaint, aCustomer, aPurchase } from './testing/requests.js';
import { RunningSystem } from './testing/running-system.js';

/** Requests on their way at once. */
const AT_ONCE = 16;

describeWithCorpora()('bad input', () => {
  let system: RunningSystem;
  let customer: string;
  let strings: string[];

  beforeAll(async () => {
    strings = JSON.parse(readFileSync(corpus('blns.json'), 'utf8')) as string[];
    system = await RunningSystem.start();
    customer = (await system.http.post('/customers', aCustomer())).body.id;
  });

  afterAll(async () => {
    await system?.stop();
  });

  /** Posts a body for each string: what is refused names the field, and what is taken is looked at. No name is a blank. */
  async function postEach(
    path: string,
    toBody: (text: string) => object,
    field: string,
    look: (text: string, body: CommandBody) => Promise<void>,
  ): Promise<void> {
    expect(strings.length).toBeGreaterThan(500);
    await each(strings, async (text) => {
      const { status, body } = await system.http.post(path, toBody(text));
      if (status === 201 || status === 200) await look(text, body);
      else if (text.trim() === '' && body.rule === 'name-not-blank') expect([status, body.field]).toEqual([422, field]);
      else expect([text, status, body.errors?.map((error) => error.field)]).toEqual([text, 400, [field]]);
    });
  }

  it('as a customer’s name is stored and read back unchanged, or refused by name', async () => {
    await postEach(
      '/customers',
      (name) => aCustomer({ name }),
      'name',
      async (name, { id, position }) => {
        const { body } = await system.http.get<Customer360>(`/customers/${id}/360?position=${position}`);
        expect(body.name).toBe(name);
      },
    );
  });

  it('as an external id is stored and addressed unchanged, or refused by name', async () => {
    const identity = (id: string) => ({ system: 'blns', id });
    const toBody = (id: string) => aCustomer({ externalIdentity: identity(id) });
    await postEach('/customers', toBody, 'externalIdentity.id', async (text, { id, position }) => {
      expect(id).toBe(externalId('customer', identity(text)));
      const path = `/customers/${encodeURIComponent(`blns:${text}`)}/360?position=${position}`;
      const { body } = await system.http.get<Customer360>(path);
      expect(body.externalIdentities).toEqual([identity(text)]);
    });
  });

  it('as the description of a complaint is stored unchanged, or refused by name', async () => {
    const toBody = (description: string) => aComplaint({ description });
    await postEach('/complaints', toBody, 'description', async (description, { id }) => {
      const [event] = await system.store.load(`complaint-${id}`);
      expect(event!.data).toMatchObject({ description });
    });
  });

  it.each<[string, string, string, (text: string) => object]>([
    ['statement', 'needs', 'needId', (statement) => ({ statement, expressed: 'stated' })],
    ['what', 'promises', 'promiseId', (what) => ({ what })],
    ['value', 'contact-points', 'contactPointId', (value) => ({ medium: 'social', value })],
  ])(
    'as the %s of one of a customer’s %s is stored unchanged, or refused by name',
    async (field, path, idField, toBody) => {
      const { id } = (await system.http.post('/customers', aCustomer())).body;
      const told = new Map<string, string>();
      await postEach(`/customers/${id}/${path}`, toBody, field, async (text, body) => {
        told.set((body as unknown as Record<string, string>)[idField]!, text);
      });
      const events = (await system.store.load(`customer-${id}`)).slice(1);
      const stored = events.map(({ data }) => data as Record<string, string>);
      expect(new Map(stored.map((data) => [data[idField]!, data[field]!]))).toEqual(told);
    },
  );

  it('as the name of a profile is stored unchanged, or refused by name', async () => {
    const { id } = (await system.http.post('/customers', aCustomer())).body;
    const told = new Set<string>();
    await postEach(
      `/customers/${id}/profile`,
      (name) => ({ name }),
      'name',
      async (name) => {
        told.add(name);
      },
    );
    const events = (await system.store.load(`customer-${id}`)).slice(1);
    expect(new Set(events.map(({ data }) => (data as { name: string }).name))).toEqual(told);
  });

  it('as the name of a product is stored unchanged, or refused by name', async () => {
    const toBody = (name: string) => aPurchase(1, { lines: [{ ...aPurchase(1).lines[0], name }] });
    await postEach(`/customers/${customer}/purchases`, toBody, 'lines.0.name', async (name, { id }) => {
      const [event] = await system.store.load(`purchase-${id}`);
      expect(event!.data).toMatchObject({ lines: [{ name }] });
    });
  });

  it('as an Idempotency-Key, an API key, a request id or a parameter is taken or refused, never more', async () => {
    // What a client can send at all: Node itself refuses the rest as a header.
    await each(
      strings.filter((text) => /^[\x20-\x7e]+$/.test(text)),
      async (text) => {
        const answers = [
          await system.http.post('/customers', aCustomer(), { 'idempotency-key': text }),
          await system.http.post('/customers', aCustomer(), { 'x-request-id': text }),
          await system.http.get(`/customers/${encodeURIComponent(text)}/360`),
          await system.http.get(`/customers/${customer}/360?position=${encodeURIComponent(text)}`),
          await system.http.send('GET', `/customers/${customer}/360`, undefined, { 'x-api-key': text }),
        ];
        for (const { status } of answers) expect([200, 201, 400, 401, 404]).toContain(status);
      },
    );
  });

  it('that is no JSON is a 400 and appends nothing, byte for byte as the JSON suite has it', async () => {
    await system.http.get(`/customers/${customer}/loyalty?settled=true`);
    const before = await system.store.end();
    const documents = jsonSuite();
    expect(documents.filter(({ name }) => name.startsWith('n_')).length).toBeGreaterThan(180);
    await each(documents, async ({ name, bytes }) => {
      const answer: Answer<CommandBody> = await system.http.post('/customers', bytes);
      // No document of the suite is a customer: those that are JSON are refused for what they say.
      expect([name, answer.status]).toEqual([name, 400]);
    });
    expect(await system.store.end()).toBe(before);
  });

  it('never made the API fail', () => {
    expect(system.http.failures).toEqual([]);
  });
});

async function each<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
