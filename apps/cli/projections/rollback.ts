import type { Command } from 'commander';
import { rollBack } from '#processing/builds/promote.js';
import { contextOf } from '../context.js';
import { parkedLines } from './parked-lines.js';
import { versionsOf } from './views.js';
import { withWatch } from './watched.js';

const DESCRIPTION = `Put the previous build of a view back in the place of the live one. It was fed all the time, so nothing is
missing; and the two only change places, so that a rollback can be taken back by another one.`;

/** Adds `rapport projections rollback`. */
export function registerRollback(projections: Command): void {
  projections
    .command('rollback')
    .summary('put the previous build back in the place of the live one')
    .description(DESCRIPTION)
    .argument('<names...>', 'of the views, one after the other')
    .action(async (names: string[], _options: object, command: Command) => {
      const context = contextOf(command);
      const views = names.map((name) => versionsOf(name)[0]!);
      await withWatch(context, async (pool, watch) => {
        for (const view of views) {
          const { newlyParked } = await rollBack(pool, watch, view);
          context.output.result({ rolledBack: view.name, newlyParked }, [
            `${view.name}: the previous build is the live one again.`,
            ...parkedLines(view.name, newlyParked),
          ]);
        }
      });
    });
}
