import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '#platform/settings.js';
import { CliError, exitCode } from '../exit.js';
import { answers } from './ports.js';

interface Server {
  variable: string;
  /** Any of them will do. */
  hosts: { host: string; port: number }[];
}

/**
 * Checks that somebody answers at the servers that the user named, before anything is started for them.
 * @throws CliError (exit code 3) naming the first that nobody answers at for a while: it may just be starting too.
 */
export async function checkReachable(settings: Settings, patience = 10_000): Promise<void> {
  const end = performance.now() + patience;
  for (const { variable, hosts } of namedServers(settings)) {
    while (!(await Promise.all(hosts.map(({ host, port }) => answers(port, host)))).includes(true)) {
      if (performance.now() >= end) {
        const where = hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
        throw new CliError(`Nobody answers at ${where} (${variable}).`, exitCode.unreachable);
      }
      await delay(250);
    }
  }
}

/** The servers that settings name, with the ports that their clients use where none is given. */
export function namedServers(settings: Settings): Server[] {
  const servers: Server[] = [];
  // What `+discover` stands for is found by DNS: that is the client's to do.
  if (settings.eventStoreUrl?.startsWith('esdb://')) {
    const list = settings.eventStoreUrl.slice('esdb://'.length).split(/[/?]/)[0]!.replace(/^.*@/, '');
    servers.push({ variable: 'EVENTSTORE_URL', hosts: list.split(',').map((host) => hostAndPort(host, 2113)) });
  }
  if (settings.kafkaBrokers)
    servers.push({
      variable: 'KAFKA_BROKERS',
      hosts: settings.kafkaBrokers.map((broker) => hostAndPort(broker, 9092)),
    });
  if (settings.databaseUrl)
    servers.push({ variable: 'DATABASE_URL', hosts: [hostAndPort(new URL(settings.databaseUrl).host, 5432)] });
  return servers;
}

function hostAndPort(text: string, defaultPort: number): { host: string; port: number } {
  const parts = /^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(text)!;
  return { host: parts[1] ?? parts[2] ?? text, port: Number(parts[3] ?? defaultPort) };
}
