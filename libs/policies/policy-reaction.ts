import type { CommandBus } from '@nestjs/cqrs';
import pLimit from 'p-limit';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { RuleViolation } from '#domain/decider.js';
import type { Policy } from './policy.js';

/** How many commands are on their way at once: they go to different streams. */
const IN_FLIGHT = 64;

/**
 * What the processing engine runs for a policy: sends its commands and answers the last position appended. A command
 * that the domain refuses is told to `refused` and passed over: it would be refused for ever.
 */
export function toReaction(policy: Policy, bus: CommandBus, refused: (command: object, why: RuleViolation) => void) {
  const limit = pLimit(IN_FLIGHT);
  return {
    name: policy.name,
    startAt: policy.startAt,
    async react(events: Recorded[]): Promise<bigint | undefined> {
      const commands = policy.react(events as Recorded<RapportEvent>[]);
      // All of them, even when one fails: the next attempt must not meet commands of this one that are still on their way.
      const results = await Promise.allSettled(
        commands.map((command) =>
          limit(async () => {
            try {
              return (await bus.execute(command)).position;
            } catch (error) {
              if (!(error instanceof RuleViolation)) throw error;
              refused(command, error);
              return undefined;
            }
          }),
        ),
      );
      return results.reduce<bigint | undefined>((last, result) => {
        if (result.status === 'rejected') throw result.reason;
        const position = result.value;
        return position !== undefined && position > (last ?? -1n) ? position : last;
      }, undefined);
    },
  };
}
