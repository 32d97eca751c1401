import type { Command } from 'commander';
import { registerParked } from './parked.js';

/** Adds `rapport projections`. */
export function registerProjections(program: Command): void {
  const projections = program
    .command('projections')
    .summary('look at the views, and mend them')
    .description('Views are derived from the events: look at them, and mend them.');
  registerParked(projections);
}
