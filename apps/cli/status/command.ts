import type { Command } from 'commander';
import { policies } from '#policies/policies.js';
import { processorPositions } from '#processing/checkpoint-status.js';
import { type RefusedCommand, refusedCommands } from '#processing/refused-commands.js';
import { TIMERS } from '#processing/timers.js';
import { processorStates } from '#processing/worker-status.js';
import { projectionNames } from '#read-models/projections.js';
import { type Connected, withStoreAndPool } from '../connected.js';
import { contextOf } from '../context.js';

/** PostgreSQL's code. */
const UNDEFINED_TABLE = '42P01';

export interface ProcessorStatus {
  name: string;
  state: string;
  /** null: nothing processed yet. */
  position: number | null;
  /** How much of the log lies between it and the head, in log positions. */
  lag: number;
}

export interface Status {
  ready: boolean;
  /** Position of the last event that is no system event; null in an empty store. */
  head: number | null;
  processors: ProcessorStatus[];
  /** Commands of policies and timers that the domain refused, ever. */
  refused: RefusedCommand[];
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('tell where every processor stands')
    .description('Tell where the event store ends, where every processor stands, and whether all of them run.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const status = await withStoreAndPool(context, statusOf);
      context.output.result(status, [
        `${status.ready ? 'ready' : 'not ready'}, head at ${status.head ?? 'the beginning'}`,
        ...status.processors.map(({ name, state, position, lag }) => {
          return `  ${name.padEnd(24)} ${String(position ?? '-').padStart(14)}  lag ${String(lag).padStart(10)}  ${state}`;
        }),
        ...status.refused.map(({ source, command, rule, refused, lastRefusedAt }) => {
          return `  refused ${refused} times: ${command} of ${source}, ${rule}, last ${lastRefusedAt}`;
        }),
      ]);
    });
}

async function statusOf({ store, pool }: Pick<Connected, 'store' | 'pool'>): Promise<Status> {
  const [head, positions, states, refused] = await Promise.all([
    store.head(),
    processorPositions(pool).catch(noneYet([])),
    processorStates(pool).catch(noneYet(new Map<string, string>())),
    refusedCommands(pool).catch(noneYet([])),
  ]);
  const names = [...projectionNames, 'publisher', ...policies.map(({ name }) => name), TIMERS];
  const processors = names.map((name) => {
    const position = positions.find((processor) => processor.name === name)?.position;
    const lag = Math.max(0, Number(head ?? 0n) - Number(position ?? 0n));
    const state = states.get(name) ?? 'no worker runs it';
    return { name, state, position: position === undefined ? null : Number(position), lag };
  });
  return {
    ready: processors.every(({ state }) => state === 'running'),
    head: head === undefined ? null : Number(head),
    processors,
    refused,
  };
}

/** A system that starts for the first time has yet to make its tables: nothing has run then. */
function noneYet<T>(none: T): (error: unknown) => T {
  return (error) => {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return none;
    throw error;
  };
}
