import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import { answered } from '../load.js';
import { type Measurement, ratioOf } from '../report.js';

const IN_FLIGHT = 32;
const SECONDS = 10;

const customer = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa Nguyễn' };

/** A command over HTTP to a stream of its own, worker stopped, against bare appends of the very event that it appends. */
export async function commandOverHttp(system: RunningSystem): Promise<Measurement> {
  const load = {
    ...system.address,
    connections: IN_FLIGHT,
    method: 'POST' as const,
    body: customer,
    path: () => '/customers',
  };
  const event = await eventOfCommand(system);
  await answered({ ...load, seconds: 3 });
  await bareAppends(system, event, 3);
  const commands = await answered({ ...load, seconds: SECONDS });
  const appends = await bareAppends(system, event, SECONDS);
  return ratioOf('HTTP command, 32 connections', commands.perSecond, 'appendToStream, 32 in flight', appends, 0.35);
}

type Json = Record<string, unknown>;

async function eventOfCommand({ http, store }: RunningSystem): Promise<{ type: string; data: Json; metadata: Json }> {
  const { body } = await http.post<{ id: string }>('/customers', customer);
  for await (const { event } of store.client.readStream(`customer-${body.id}`)) {
    if (event) return { type: event.type, data: event.data as Json, metadata: event.metadata as Json };
  }
  throw new Error('The command appended nothing.');
}

/** Appends a second, so many in flight. */
async function bareAppends(
  { store: { client } }: RunningSystem,
  content: { type: string; data: Json; metadata: Json },
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let appended = 0;
  const one = async () => {
    while (performance.now() < end) {
      const event = jsonEvent(content);
      await client.appendToStream(`bench-${event.id}`, event, { expectedRevision: NO_STREAM });
      appended++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return appended / seconds;
}
