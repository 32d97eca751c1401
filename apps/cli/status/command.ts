import type { Command } from 'commander';
import { policies } from '#policies/policies.js';
import { isAtWork } from '#processing/health/processor-health.js';
import { ProcessorsReport } from '#processing/health/processors-report.js';
import { type RefusedCommand, refusedCommands } from '#processing/refused-commands.js';
import { STATE_PUBLISHER } from '#processing/states/state-publisher.js';
import { TIMERS } from '#processing/timers.js';
import { processorNotices, processorStates } from '#processing/worker-status.js';
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
  lag: number | null;
  /** Age of the oldest event that it has not stored. */
  lagSeconds: number | null;
  /** null: no worker tells it. */
  eventsPerSecond: number | null;
  /** How many keys are parked. */
  parked: number;
  /** From where its workers take its events: `event-store`, `kafka`. */
  sources: readonly string[];
  /** What should be looked at although it runs. */
  notice?: string;
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
      const { stuckAfterMs } = context.settings;
      const status = await withStoreAndPool(context, (connected) => statusOf(connected, stuckAfterMs));
      context.output.result(status, [
        `${status.ready ? 'ready' : 'not ready'}, head at ${status.head ?? 'the beginning'}`,
        ...status.processors.flatMap(linesOf),
        ...status.refused.map(({ source, command, rule, refused, lastRefusedAt }) => {
          return `  refused ${refused} times: ${command} of ${source}, ${rule}, last ${lastRefusedAt}`;
        }),
      ]);
    });
}

function linesOf({
  name,
  state,
  position,
  lag,
  lagSeconds,
  eventsPerSecond,
  parked,
  sources,
  notice,
}: ProcessorStatus): string[] {
  const place = `${name.padEnd(24)} ${String(position ?? '-').padStart(14)}  lag ${String(lag ?? '-').padStart(10)}`;
  const pace = `${(lagSeconds?.toFixed(1) ?? '-').padStart(8)} s ${String(eventsPerSecond ?? '-').padStart(8)}/s`;
  const from = sources.includes('kafka') ? `, from ${sources.join(' and ')}` : '';
  const line = `  ${place} ${pace}  ${state}${from}${parked > 0 ? `, ${parked} parked` : ''}`;
  return notice === undefined ? [line] : [line, `    ${notice}`];
}

async function statusOf({ store, pool }: Pick<Connected, 'store' | 'pool'>, stuckAfterMs: number): Promise<Status> {
  const names = [...projectionNames, 'publisher', STATE_PUBLISHER, ...policies.map(({ name }) => name), TIMERS];
  const report = new ProcessorsReport(store, pool, names, stuckAfterMs);
  const [{ head, processors }, reasons, notices, refused] = await Promise.all([
    report.health(),
    processorStates(pool).catch(noneYet(new Map<string, string>())),
    processorNotices(pool).catch(noneYet(new Map<string, string>())),
    refusedCommands(pool).catch(noneYet([])),
  ]);
  return {
    ready: processors.every(({ name, state }) => !names.includes(name) || isAtWork(state)),
    head: head === null ? null : Number(head),
    processors: processors.map((processor) => {
      const { name, state, position, lagPositions, lagSeconds, eventsPerSecond, parked, sources } = processor;
      const reason = reasons.get(name)?.match(/: (.*)/s)?.[1];
      const notice = notices.get(name);
      return {
        name,
        state: reason === undefined ? state : `${state}: ${reason}`,
        position: position === null ? null : Number(position),
        lag: lagPositions,
        lagSeconds,
        eventsPerSecond,
        parked,
        sources,
        ...(notice !== undefined && { notice }),
      };
    }),
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
