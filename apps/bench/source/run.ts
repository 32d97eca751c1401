import { setTimeout as sleep } from 'node:timers/promises';
import { aCustomer } from '#apps/api/testing/requests.js';
import { RunningSystem } from '#apps/api/testing/running-system.js';
import { fedByTopic, fieldsNeededBy } from '#processing/kafka/topic-needs.js';
import { projections } from '#read-models/projections.js';
import type { Measurement } from '../report.js';

const RATE = 20;
const WARM_UP = 100;
const MEASURED = 600;

/** From the answer of a command to that of a query at its position, with views fed by the store and by the topic. */
export async function benchSource(): Promise<Measurement[]> {
  // The publisher does the same in both: only where the views take events from differs.
  const published = { RAPPORT_PUBLISH_PERSONAL: fieldsNeededBy(fedByTopic(projections)).join() };
  const ofStore = await waits({ ...published, RAPPORT_SOURCE: 'event-store' });
  const ofTopic = await waits({ ...published, RAPPORT_SOURCE: 'kafka' });
  return [50, 99].map((percent) => ({
    what: `360° view at the position of a command just answered, ${RATE}/s, p${percent}`,
    figure: `from kafka: ${percentile(ofTopic, percent).toFixed(1)} ms`,
    reference: `from event-store: ${percentile(ofStore, percent).toFixed(1)} ms`,
  }));
}

async function waits(env: Record<string, string>): Promise<number[]> {
  const system = await RunningSystem.start(env);
  try {
    const measured: Promise<number>[] = [];
    for (let n = 0; n < WARM_UP + MEASURED; n += 1) {
      const waited = waitOf(system);
      // A failure is thrown when all have been sent.
      waited.catch(() => {});
      if (n >= WARM_UP) measured.push(waited);
      await sleep(1_000 / RATE);
    }
    return await Promise.all(measured);
  } finally {
    await system.stop();
  }
}

async function waitOf({ http }: RunningSystem): Promise<number> {
  const { body, status } = await http.post('/customers', aCustomer());
  if (status !== 201) throw new Error(`A command was answered ${status}.`);
  const began = performance.now();
  const answer = await http.get(`/customers/${body.id}/360?position=${body.position}`);
  if (answer.status !== 200) throw new Error(`A query was answered ${answer.status}: ${answer.text}`);
  return performance.now() - began;
}

function percentile(values: readonly number[], percent: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1]!;
}
