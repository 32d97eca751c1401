import type { Command } from 'commander';
import type { EventMetadata } from '#contracts/envelope.js';
import { withStore } from '../connected.js';
import { contextOf } from '../context.js';
import { registerExport } from './export-command.js';

export function registerEvents(program: Command): void {
  const events = program
    .command('events')
    .summary('tell what the event store holds')
    .description('Tell what the event store holds.');
  events
    .command('count')
    .summary('count the events')
    .description('Count the events by reading the store from the beginning; system events are left out.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const count = await withStore(context, (store) =>
        store.count(({ metadata }) => (metadata as EventMetadata | undefined)?.subject?.kind === 'customer'),
      );
      const result = { events: count.events, customerEvents: count.matching };
      context.output.result(result, [`${result.events} events, ${result.customerEvents} of them of customers`]);
    });
  registerExport(events);
}
