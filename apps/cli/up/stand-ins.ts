import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../output.js';
import { isFree, type Ports } from './ports.js';
import type { Programs } from './programs.js';
import type { ChildSpec, ReadyLine } from './supervised-child.js';

export const standInNames = ['event-store', 'kafka', 'postgres'] as const;
export type StandInName = (typeof standInNames)[number];

/** The options that set the ports of the stand-ins. */
export interface StandInPorts {
  eventStorePort?: number;
  kafkaPort?: number;
  postgresPort?: number;
}

export interface Addresses {
  eventStore: string | null;
  kafka: string[];
  database: string | null;
}

interface StandIn {
  title: string;
  option: keyof StandInPorts;
  flag: string;
  defaultPort: number;
  program: keyof Programs;
  address(port: number, ready: ReadyLine): Partial<Addresses>;
}

const standIns: Record<StandInName, StandIn> = {
  'event-store': {
    title: 'event store',
    option: 'eventStorePort',
    flag: '--event-store-port',
    defaultPort: 2113,
    program: 'eventStore',
    address: (port) => ({ eventStore: `esdb://127.0.0.1:${port}?tls=false` }),
  },
  kafka: {
    title: 'Kafka broker',
    option: 'kafkaPort',
    flag: '--kafka-port',
    defaultPort: 9092,
    program: 'kafka',
    address: (port) => ({ kafka: [`127.0.0.1:${port}`] }),
  },
  postgres: {
    title: 'PostgreSQL server',
    option: 'postgresPort',
    flag: '--postgres-port',
    defaultPort: 5432,
    program: 'postgres',
    address: (_port, ready) => ({ database: ready.url ?? null }),
  },
};

export function addStandInPortOptions(command: Command): Command {
  for (const { flag, title, defaultPort } of Object.values(standIns)) {
    const text = `port of the stand-in ${title} (default ${defaultPort}, or the next free one)`;
    command.addOption(new Option(`${flag} <n>`, text).argParser(portOption));
  }
  return command;
}

function portOption(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return Number(text);
}

export interface StandInRun {
  names: readonly StandInName[];
  given: StandInPorts;
  ports: Ports;
  programs: Programs;
  /** The data folder; each stand-in has a folder of its name in it. */
  data: string;
  env: ChildSpec['env'];
  output: Output;
  signal: AbortSignal;
  start(spec: ChildSpec): Promise<ReadyLine>;
}

/** Starts stand-ins side by side. Their addresses hold for the whole run: who is started again keeps its port. */
export async function startStandIns(run: StandInRun): Promise<Addresses> {
  // Ports that were asked for come first: no default may take what another one was given.
  const given = (name: StandInName) => run.given[standIns[name].option];
  const inOrder = run.names.toSorted((a, b) => Number(!given(a)) - Number(!given(b)));
  const ports = new Map<StandInName, number>();
  for (const name of inOrder) ports.set(name, await choosePort(run, standIns[name]));
  const parts = await Promise.all(inOrder.map((name) => startStandIn(run, name, ports.get(name)!)));
  return Object.assign({ eventStore: null, kafka: [], database: null }, ...parts);
}

async function choosePort({ ports, given, output }: StandInRun, standIn: StandIn): Promise<number> {
  const wish = { name: standIn.title, option: standIn.flag, default: standIn.defaultPort };
  const { port, moved } = await ports.choose({ ...wish, given: given[standIn.option] });
  if (moved) output.notice(`Port ${wish.default} is taken by somebody else; the ${wish.name} uses ${port}.`);
  return port;
}

async function startStandIn(run: StandInRun, name: StandInName, port: number): Promise<Partial<Addresses>> {
  const standIn = standIns[name];
  const spec = {
    name: standIn.title,
    program: run.programs[standIn.program],
    args: ['--data', join(run.data, name), '--port', String(port)],
    env: run.env,
    log: join(run.data, 'logs', `${name}.log`),
  };
  try {
    return standIn.address(port, await run.start(spec));
  } catch (error) {
    // Between the choice and the start somebody else took the port: two runs that begin at once choose the same one.
    if (run.given[standIn.option] || run.signal.aborted || (await isFree(port, '127.0.0.1'))) throw error;
    return startStandIn(run, name, await choosePort(run, standIn));
  }
}
