import { performance } from 'node:perf_hooks';
import type { HttpClient } from '#apps/api/testing/http-client.js';
import { aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import { answered, type Load } from '../load.js';
import { type Measurement, median, p99Of } from '../report.js';

/** Events on the customer's own stream, and events of other streams about them. */
const OWN = 6_000;
const OTHERS = 4_000;
const IN_FLIGHT = 16;
const SECONDS = 5;
/** Commands to each of two customers, by turns. */
const COMMANDS = 500;
/** So much longer may the median command to the long stream take, as the machine has other work too. */
const MOST_RATIO = 1.25;

const anInteraction = { channel: 'store', direction: 'inbound', phase: 'before', purpose: 'enquiry' };

/** A customer with 10,000 events, all of them by commands: how long their history and past take, and one more command. */
export async function longCustomer(system: RunningSystem): Promise<Measurement[]> {
  const { http } = system;
  const [long, short] = [await acquire(http), await acquire(http)];
  const half = await assignOwners(http, long, OWN);
  const halfTime = new Date().toISOString();
  await recordOthers(http, long);
  const { body } = await http.get<{ position: string }>(`/customers/${long}/360?settled=true`);
  const commands = await commandOnLongStream(http, long, short);
  return [...(await waits(system, long, { half, halfTime, all: body.position })), commands];
}

async function acquire(http: HttpClient): Promise<string> {
  return (await sent(http, '/customers', aCustomer())).id;
}

/** @returns the position of the last one. */
async function assignOwners(http: HttpClient, id: string, count: number): Promise<string> {
  let position = '';
  for (let n = 0; n < count; n++) ({ position } = await assignOwner(http, id, n));
  return position;
}

function assignOwner(http: HttpClient, id: string, n: number) {
  return sent(http, `/customers/${id}/owner`, { ownerId: `agent-${n}` });
}

async function recordOthers(http: HttpClient, customerId: string): Promise<void> {
  let n = 0;
  const some = async () => {
    while (n < OTHERS) {
      if (n++ % 2) await sent(http, `/customers/${customerId}/purchases`, aPurchase(1_000 + n));
      else await sent(http, '/interactions', { ...anInteraction, customerId, startedAt: new Date().toISOString() });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, some));
}

/** The median of commands to a stream of thousands of events and to one of few, by turns. */
async function commandOnLongStream(http: HttpClient, long: string, short: string): Promise<Measurement> {
  const took: Record<string, number[]> = { [long]: [], [short]: [] };
  for (let n = 0; n < COMMANDS; n++) {
    for (const id of [long, short]) {
      const began = performance.now();
      await assignOwner(http, id, OWN + n);
      took[id]!.push(performance.now() - began);
    }
  }
  const [longMs, shortMs] = [median(took[long]!), median(took[short]!)];
  const ratio = longMs / shortMs;
  return {
    what: `a command to a stream of ${OWN.toLocaleString('en')} events`,
    figure: `median ${longMs.toFixed(1)} ms`,
    reference: `to a stream of few: ${shortMs.toFixed(1)} ms`,
    ratio,
    aim: `≤ ${MOST_RATIO}`,
    reached: ratio <= MOST_RATIO,
  };
}

async function waits(
  { address }: RunningSystem,
  id: string,
  { half, halfTime, all }: { half: string; halfTime: string; all: string },
): Promise<Measurement[]> {
  const asked: [string, string][] = [
    ['first page of history', 'history'],
    ['360° view as of the last event', `360?asOf=${all}`],
    ['360° view as of the middle', `360?asOf=${half}`],
    ['360° view effective at the middle', `360?effectiveAt=${halfTime}`],
    ['loyalty as of the last event', `loyalty?asOf=${all}`],
    ['what differs between the middle and the last', `diff?from=${half}&to=${all}`],
  ];
  const measurements: Measurement[] = [];
  for (const [what, query] of asked) {
    const load: Load = { ...address, connections: 1, seconds: SECONDS, path: () => `/customers/${id}/${query}` };
    await answered({ ...load, seconds: 2 });
    const { p99Ms } = await answered(load);
    measurements.push(p99Of(`${what}, a customer with ${(OWN + OTHERS).toLocaleString('en')} events`, p99Ms, 200));
  }
  return measurements;
}

/** @throws Error when anything but a success was answered. */
async function sent(http: HttpClient, path: string, body: object): Promise<{ id: string; position: string }> {
  const answer = await http.post(path, body);
  if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}
