import type { CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { DueDeadline } from '#domain/deadline.js';
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { Logger } from '#platform/logger.js';
import { commandIdOf } from '#policies/deadlines.js';
import { toFiring } from '#policies/firing.js';
import type { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { Checkpoint } from '#processing/checkpoints.js';
import type { Leases } from '#processing/leases.js';
import type { RefusedCommands } from '#processing/refused-commands.js';
import { TIMERS, Timers } from '#processing/timers.js';
import { DeadlineQuery } from '#read-models/deadline/deadline.query.js';

export interface TimersOfWorker {
  store: EventStore;
  storeId: string;
  pool: Pool;
  leases: Leases;
  watch: CheckpointWatch;
  bus: CommandBus;
  clock: Clock;
  refused: RefusedCommands;
  logger: Logger;
}

/** The durable timers of a worker: deadlines from the view, commands to the bus. */
export function timersOf({ store, storeId, bus, clock, refused, ...parts }: TimersOfWorker): Timers<DueDeadline> {
  const { pool, logger } = parts;
  return new Timers({
    ...parts,
    source: new DeadlineQuery(pool),
    idOf: commandIdOf,
    fire: toFiring(bus, (due, why) => {
      refused.note(TIMERS, due.kind, why.rule);
      logger.warn({ timers: due.kind, rule: why.rule, due }, `A command was refused: ${why.message}`);
    }),
    dueBy: () => clock.dueBy(),
    checkpoint: new Checkpoint(pool, TIMERS, storeId),
    endOfStore: () => store.end(),
  });
}
