import type { Command } from 'commander';
import { promote } from '#processing/builds/promote.js';
import { contextOf } from '../context.js';
import { parkedLines } from './parked-lines.js';
import { versionsOf } from './views.js';
import { withWatch } from './watched.js';

const DESCRIPTION = `Put the next build of a view in the place of the live one, in one transaction: whoever reads sees the one or
the other. The live one becomes the previous one, which the workers go on feeding, so that \`rollback\` loses nothing; the
previous one until now is dropped.`;

/** Adds `rapport projections promote`. */
export function registerPromote(projections: Command): void {
  projections
    .command('promote')
    .summary('put the next build in the place of the live one')
    .description(DESCRIPTION)
    .argument('<names...>', 'of the views, one after the other')
    .action(async (names: string[], _options: object, command: Command) => {
      const context = contextOf(command);
      const views = names.map((name) => versionsOf(name)[0]!);
      await withWatch(context, async (pool, watch) => {
        for (const view of views) {
          const { newlyParked } = await promote(pool, watch, view);
          context.output.result({ promoted: view.name, newlyParked }, [
            `${view.name}: the next build is the live one.`,
            ...parkedLines(view.name, newlyParked),
          ]);
        }
      });
    });
}
