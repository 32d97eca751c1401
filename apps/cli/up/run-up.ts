import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { derivedId } from '#contracts/ids.js';
import { maskPassword } from '#platform/setting.js';
import type { Context } from '../context.js';
import { apiUrl } from '../running.js';
import { untilReady } from './health.js';
import { developmentApiKey, masterKey } from './key-files.js';
import { Ports } from './ports.js';
import { builtPrograms } from './programs.js';
import { checkReachable } from './reachable.js';
import { whyNotRunning } from './reasons.js';
import { runSession, type Session } from './session.js';
import { type Addresses, type StandInName, type StandInPorts, startStandIns } from './stand-ins.js';

/** Runs the whole system until it is asked to stop. */
export async function runUp(context: Context, given: StandInPorts, programs = builtPrograms): Promise<void> {
  const { output, settings } = context;
  await runSession(context, 'up', async (session) => {
    output.info(`Rapport is starting. Data folder: ${session.data}`);
    // The API's port first: a stand-in that looks for a free one must not take it.
    const ports = new Ports();
    const apiPort = await chooseApiPort(context, ports);
    const workerPort = await chooseWorkerPort(context, ports);
    await checkReachable(settings);
    const addresses = await servers(context, given, session, ports, programs);
    const env = childEnvironment(context, session.data, addresses, { apiPort, workerPort });
    const [api, worker] = [apiUrl(settings.host, apiPort), apiUrl(settings.workerHost, workerPort)];
    const result = { api, worker, apiKey: env.RAPPORT_API_KEY, ...addresses };
    // Before all of it is ready: `rapport status` can tell then why it does not get ready.
    if (!session.signal.aborted) session.announce({ ...result, businessDate: settings.businessDate ?? null });
    await startApplication(session, env, programs);

    await untilReady(result.api, {
      signal: session.signal,
      notice: (line) => output.notice(line),
      reasons: () => whyNotRunning(addresses.database),
    });
    if (session.signal.aborted) return;
    output.result(result, summary(context, session.data, result));
  });
}

async function chooseApiPort({ output, settings, isGiven }: Context, ports: Ports): Promise<number> {
  const wish = { name: 'API', option: '--port or RAPPORT_PORT', default: 3000 };
  const given = isGiven('RAPPORT_PORT') ? settings.port : undefined;
  const { port, moved } = await ports.choose({ ...wish, given }, settings.host);
  if (moved && given === undefined) output.notice(`Port 3000 is taken by somebody else; the API uses ${port}.`);
  return port;
}

async function chooseWorkerPort({ settings }: Context, ports: Ports): Promise<number> {
  const wish = { name: 'worker', option: 'RAPPORT_WORKER_PORT', default: 3001, given: settings.workerPort };
  return (await ports.choose(wish, settings.workerHost)).port;
}

/** The servers that the settings name, and a stand-in for each that they do not. */
async function servers(
  { output, settings, env }: Context,
  given: StandInPorts,
  { supervisor, data, signal }: Session,
  ports: Ports,
  programs: typeof builtPrograms,
) {
  const names: StandInName[] = [];
  if (!settings.eventStoreUrl) names.push('event-store');
  if (!settings.kafkaBrokers) names.push('kafka');
  if (!settings.databaseUrl) names.push('postgres');
  const start = supervisor.stage();
  const own = await startStandIns({ names, given, ports, programs, data, env, output, signal, start });
  return {
    eventStore: settings.eventStoreUrl ?? own.eventStore ?? '',
    kafka: settings.kafkaBrokers ?? own.kafka,
    database: settings.databaseUrl ?? own.database ?? '',
  };
}

function childEnvironment(
  { env, settings }: Context,
  data: string,
  addresses: Addresses,
  { apiPort, workerPort }: { apiPort: number; workerPort: number },
) {
  return {
    ...env,
    EVENTSTORE_URL: addresses.eventStore ?? '',
    KAFKA_BROKERS: addresses.kafka.join(','),
    DATABASE_URL: addresses.database ?? '',
    RAPPORT_DATA: data,
    RAPPORT_HOST: settings.host,
    RAPPORT_PORT: String(apiPort),
    RAPPORT_WORKER_HOST: settings.workerHost,
    RAPPORT_WORKER_PORT: String(workerPort),
    RAPPORT_API_KEY: settings.apiKey ?? developmentApiKey(data),
    RAPPORT_MASTER_KEY: env.RAPPORT_MASTER_KEY || masterKey(data),
    // One worker runs on a data folder. Its successor takes over what it said of itself in the database: after a crash
    // of everything and a start at once, the dead one would be taken for running otherwise.
    RAPPORT_WORKER_ID: derivedId('worker', hostname(), data),
  };
}

async function startApplication(
  { supervisor, data }: Session,
  env: Record<string, string | undefined>,
  programs: typeof builtPrograms,
): Promise<void> {
  const spec = (name: 'api' | 'worker', title: string) => ({
    name: title,
    program: programs[name],
    args: [],
    env,
    log: join(data, 'logs', `${name}.log`),
  });
  // Stages are stopped last first: the worker, then the API, then the stand-ins.
  const startApi = supervisor.stage();
  const startWorker = supervisor.stage();
  await Promise.all([startApi(spec('api', 'API')), startWorker(spec('worker', 'worker'))]);
}

function summary(
  { settings }: Context,
  data: string,
  result: { api: string; worker: string; eventStore: string; kafka: string[]; database: string },
): string[] {
  const whose = (named: unknown) => (named ? '' : '  (stand-in for development)');
  return [
    `  API          ${result.api}`,
    `  Worker       ${result.worker}/health, ${result.worker}/metrics`,
    settings.apiKey
      ? '  API key      the one in RAPPORT_API_KEY'
      : `  API key      ${developmentApiKey(data)}  (kept in ${resolve(data, 'api-key')})`,
    `  Event store  ${maskPassword(result.eventStore)}${whose(settings.eventStoreUrl)}`,
    `  Kafka        ${result.kafka.join(', ')}${whose(settings.kafkaBrokers)}`,
    // The stand-in's password is made for whoever reads this; somebody else's is not shown.
    `  PostgreSQL   ${settings.databaseUrl ? maskPassword(result.database) : result.database}${whose(settings.databaseUrl)}`,
    ...(settings.businessDate ? [`  Business date pinned to ${settings.businessDate}`] : []),
    'Ready. Ctrl-C stops all of it.',
  ];
}
