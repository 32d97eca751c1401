import type { Command } from 'commander';
import { registerDiff } from './diff.js';
import { registerDrop } from './drop.js';
import { registerList } from './list.js';
import { registerParked } from './parked.js';
import { registerPromote } from './promote.js';
import { registerRebuild } from './rebuild.js';
import { registerRollback } from './rollback.js';
import { registerStatus } from './status.js';

const EXAMPLES = `
Examples:
  $ rapport projections rebuild customer_360   # the next build, beside the live one
  $ rapport projections diff customer_360      # every row of both, compared at one position
  $ rapport projections promote customer_360   # the next build is the live one
  $ rapport projections rollback customer_360  # and back again`;

/** Adds `rapport projections`. */
export function registerProjections(program: Command): void {
  const projections = program
    .command('projections')
    .summary('look at the views, rebuild them, and put a rebuilt one in the place of the live one')
    .description(
      'Views are derived: each can be built again from the events, beside the live one, while everything goes on.',
    )
    .addHelpText('after', EXAMPLES);
  registerList(projections);
  registerStatus(projections);
  registerRebuild(projections);
  registerDiff(projections);
  registerPromote(projections);
  registerRollback(projections);
  registerDrop(projections);
  registerParked(projections);
}
