import { randomUUID } from 'node:crypto';
import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import { answered } from '../load.js';
import { type Measurement, ratioOf } from '../report.js';

const IN_FLIGHT = 32;
const SECONDS = 10;

const customer = { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa Nguyễn' };

/** A command over HTTP to a stream of its own, worker stopped, against bare appends of an event like its. */
export async function commandOverHttp(system: RunningSystem): Promise<Measurement> {
  const load = {
    ...system.address,
    connections: IN_FLIGHT,
    method: 'POST' as const,
    body: customer,
    path: () => '/customers',
  };
  await answered({ ...load, seconds: 3 });
  await bareAppends(system, 3);
  const commands = await answered({ ...load, seconds: SECONDS });
  const appends = await bareAppends(system, SECONDS);
  return ratioOf('HTTP command, 32 connections', commands.perSecond, 'appendToStream, 32 in flight', appends, 0.35);
}

/** Appends a second, so many in flight. */
async function bareAppends({ store: { client } }: RunningSystem, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let appended = 0;
  const metadata = {
    occurredAt: new Date().toISOString(),
    actor: { id: 'bench', kind: 'service' },
    commandId: randomUUID(),
  };
  const one = async () => {
    while (performance.now() < end) {
      const event = jsonEvent({ type: 'Bench', data: customer, metadata });
      await client.appendToStream(`bench-${event.id}`, event, { expectedRevision: NO_STREAM });
      appended++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return appended / seconds;
}
