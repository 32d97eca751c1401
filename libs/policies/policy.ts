import type { Command } from '@nestjs/cqrs';
import type { Outcome } from '#commands/command-ledger.js';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';

/** Reacts to events with commands. Pure: the same events give the same commands, with the same ids. */
export interface Policy {
  name: string;
  /** Where it begins on a store that it never saw: most policies speak of the present only. */
  startAt: 'beginning' | 'head';
  /** Events in order; those of one customer go into one command, so that they become one append. */
  react(events: Recorded<RapportEvent>[]): Command<Outcome>[];
}
