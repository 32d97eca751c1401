import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Launched, until } from '#apps/cli/up/testing/launched.js';
import { DIST } from '#testing/built.js';
import { deleteTopics, type Servers, startServers } from '#testing/servers.js';

/** A broker that a spec stops, and starts again when it likes, on the same port and with what it held. */
export interface StoppableBroker {
  brokers: string[];
  /** As a machine does that loses its power. */
  kill(): Promise<void>;
  /** It takes requests again some time later. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The broker that the environment names, where it also says how to start it (RAPPORT_TEST_KAFKA_FOLDER, which holds its
 * `pid` and a program `start`), otherwise a stand-in.
 */
export async function stoppableBroker(): Promise<StoppableBroker> {
  const { KAFKA_BROKERS, RAPPORT_TEST_KAFKA_FOLDER: folder } = process.env;
  return KAFKA_BROKERS && folder ? namedBroker(KAFKA_BROKERS.split(','), folder) : standIn();
}

/** The other servers of a spec, beside such a broker. */
export async function serversBeside({ brokers }: StoppableBroker): Promise<Servers> {
  return { ...(await startServers({ only: ['event-store', 'postgres'] })), kafkaBrokers: brokers };
}

async function namedBroker(brokers: string[], folder: string): Promise<StoppableBroker> {
  await deleteTopics(brokers);
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  return {
    brokers,
    kill: async () => {
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
    },
    start: async () => {
      spawn(join(folder, 'start'), { detached: true, stdio: 'ignore' }).unref();
    },
    remove: async () => {},
  };
}

async function standIn(): Promise<StoppableBroker> {
  const data = mkdtempSync(join(tmpdir(), 'rapport-broker-'));
  const program = join(DIST, 'infra/embedded/kafka/main.js');
  let port = 0;
  let running: Launched;
  const start = async () => {
    running = Launched.node(program, ['--data', data, '--port', String(port)]);
    port = Number((await running.firstResult()).port);
  };
  const end = async (signal: NodeJS.Signals) => {
    running.process.kill(signal);
    await running.exit;
  };
  await start();
  return {
    brokers: [`127.0.0.1:${port}`],
    kill: () => end('SIGKILL'),
    start,
    remove: async () => {
      await end('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
