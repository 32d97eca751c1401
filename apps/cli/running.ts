import { join } from 'node:path';
import { readSettings } from '#platform/settings.js';
import type { Context } from './context.js';
import { CliError, exitCode } from './exit.js';
import { readIfThere } from './private-file.js';
import { readRunFile } from './run-file.js';

/** How to reach the servers of a system. */
export interface Connections {
  eventStoreUrl: string;
  kafkaBrokers: string[];
  databaseUrl: string;
  /** The API's base URL. */
  api: string;
  apiKey: string;
  masterKey: Buffer;
  /** Pinned for the running system, or undefined: today. */
  businessDate: string | undefined;
}

type Needed = Exclude<keyof Connections, 'businessDate'>;

const called: Record<Needed, { what: string; variable: string }> = {
  eventStoreUrl: { what: 'event store', variable: 'EVENTSTORE_URL' },
  kafkaBrokers: { what: 'Kafka broker', variable: 'KAFKA_BROKERS' },
  databaseUrl: { what: 'database', variable: 'DATABASE_URL' },
  api: { what: 'API', variable: 'RAPPORT_PORT' },
  apiKey: { what: 'API key', variable: 'RAPPORT_API_KEY' },
  masterKey: { what: 'master key', variable: 'RAPPORT_MASTER_KEY' },
};

/**
 * Finds what a command needs: in the environment and options first, then in what the system that runs on the data
 * folder says of itself.
 * @throws CliError (exit code 3) naming what is missing, and what to do.
 */
export function connectionsFor<Key extends Needed>(
  { settings, isGiven }: Context,
  ...needed: Key[]
): Pick<Connections, Key | 'businessDate'> {
  const run = readRunFile(settings.data);
  const found: Partial<Connections> = {
    eventStoreUrl: settings.eventStoreUrl ?? run?.eventStore ?? undefined,
    kafkaBrokers: settings.kafkaBrokers ?? (run?.kafka.length ? run.kafka : undefined),
    databaseUrl: settings.databaseUrl ?? run?.database ?? undefined,
    api: isGiven('RAPPORT_PORT') ? apiUrl(settings.host, settings.port) : (run?.api ?? undefined),
    apiKey: settings.apiKey ?? run?.apiKey ?? kept(settings.data, 'api-key'),
    masterKey: settings.masterKey ?? keptMasterKey(settings.data),
    businessDate: settings.businessDate ?? run?.businessDate ?? undefined,
  };
  for (const key of needed) {
    if (found[key] !== undefined) continue;
    const { what, variable } = called[key];
    throw new CliError(
      run
        ? `What runs on ${settings.data} has no ${what}. Start all of it with \`npm start\`, or set ${variable}.`
        : `Nothing runs on the data folder ${settings.data}. Start it with \`npm start\`, name its folder with --data, or set ${variable}.`,
      exitCode.unreachable,
    );
  }
  return found as Pick<Connections, Key | 'businessDate'>;
}

/** The URL by which a server that listens on a host is reached from this machine. */
export function apiUrl(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

function kept(data: string, name: string): string | undefined {
  return readIfThere(join(data, name))?.trim() || undefined;
}

function keptMasterKey(data: string): Buffer | undefined {
  const text = kept(data, 'master-key');
  return text === undefined ? undefined : readSettings({ RAPPORT_MASTER_KEY: text }).masterKey;
}
