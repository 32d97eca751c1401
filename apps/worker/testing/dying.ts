import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aComplaint, aCustomer, aPurchase } from '#apps/api/testing/requests.js';
import type { RunningSystem } from '#apps/api/testing/running-system.js';
import type { Projection } from '#processing/projection.js';
import { projections } from '#read-models/projections.js';
import { DIST } from '#testing/built.js';
import { until } from '#testing/spec-worker.js';
import { expectRows } from './folded-rows.js';

/** All of them. */
export const VIEWS = projections as Projection<object>[];

/** The settings of a process that dies at a statement. */
export const toDie = (diesAt: string): Record<string, string> => ({
  NODE_OPTIONS: `--import ${pathToFileURL(join(DIST, 'libs/testing/dies-at.js')).href}`,
  RAPPORT_SPEC_DIES_AT: diesAt,
});

/** Two customers who buy, one of whom complains; resolves with one of them. */
export async function business({ http }: RunningSystem): Promise<string> {
  const send = async (path: string, body: object) => {
    const answer = await http.post(path, body);
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  };
  const [one, other] = await Promise.all([send('/customers', aCustomer()), send('/customers', aCustomer())]);
  for (const id of [one, other, one]) await send(`/customers/${id}/purchases`, aPurchase(10_000));
  await send(`/customers/${other}/complaints`, aComplaint());
  return one;
}

/** Every row of every view, beside what the events come to without batches, checkpoints and crashes. */
export async function expectFolded(system: RunningSystem, customer: string): Promise<void> {
  const { http } = system;
  const settled = () => http.get(`/customers/${customer}/360?settled=true`);
  // The second time for what policies made of what policies had appended. Where the machine has much else to do, who asks
  // is told to try again.
  for (let times = 0; times < 2; times += 1) await until(async () => (await settled()).status === 200);
  expect((await settled()).body).toMatchObject({ purchases: 2 });
  await expectRows(system, VIEWS);
}

/**
 * Starts a worker that dies at a statement in place of the one that runs, and keeps it busy until it has.
 * @param meanwhile is done while no worker runs. @returns a customer who bought in the end
 */
export async function killWorkerAt(
  system: RunningSystem,
  diesAt: string,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<string> {
  system.worker.process.kill('SIGKILL');
  await system.worker.exit;
  await meanwhile();
  const dying = system.startAnotherWorker(toDie(diesAt));
  let exit: unknown;
  void dying.exit.then((how) => {
    exit = how;
  });
  // Until it has come to the statement: what is there when it starts may be one batch.
  let customer = await business(system);
  while (exit === undefined) customer = await business(system);
  expect(exit).toBe('SIGKILL');
  return customer;
}
