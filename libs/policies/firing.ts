import type { CommandBus } from '@nestjs/cqrs';
import type { DueDeadline } from '#domain/deadline.js';
import { RuleViolation } from '#domain/decider.js';
import { commandFor } from './deadlines.js';

/**
 * What the timers do with a deadline: its command is sent. One that the domain refuses is told to `refused`: it would
 * be refused again.
 */
export function toFiring(bus: CommandBus, refused: (due: DueDeadline, why: RuleViolation) => void) {
  return async (due: DueDeadline): Promise<bigint | undefined> => {
    const command = commandFor(due);
    if (command === undefined) return undefined;
    try {
      return (await bus.execute(command)).position;
    } catch (error) {
      if (!(error instanceof RuleViolation)) throw error;
      refused(due, error);
      return undefined;
    }
  };
}
