import { Argument, type Command } from 'commander';
import { inTransaction } from '#platform/database/pool.js';
import { findBuild } from '#processing/builds/build.js';
import { dropBuild } from '#processing/builds/create.js';
import { NotRebuilt } from '#processing/rebuild/not-rebuilt.js';
import { RebuildLock } from '#processing/rebuild/rebuild-lock.js';
import { contextOf } from '../context.js';
import { versionsOf, withViews } from './views.js';

/** Adds `rapport projections drop`. */
export function registerDrop(projections: Command): void {
  projections
    .command('drop')
    .summary('drop a build that is not live')
    .description('Drop the next or the previous build of a view. The live one is never dropped.')
    .argument('<name>', 'of the view')
    .addArgument(new Argument('<build>', 'which one').choices(['next', 'previous']))
    .action(async (name: string, build: 'next' | 'previous', _options: object, command: Command) => {
      const context = contextOf(command);
      versionsOf(name);
      await withViews(context, async (pool, databaseUrl) => {
        // Not while it is being built.
        const lock = await RebuildLock.take(databaseUrl, [name]);
        try {
          await inTransaction(pool, async (client) => {
            if (!(await findBuild(client, name, build))) throw new NotRebuilt(`There is no ${build} build of ${name}.`);
            await dropBuild(client, name, build);
          });
        } finally {
          await lock.release();
        }
      });
      context.output.result({ dropped: name, build }, [`${name}: the ${build} build is dropped.`]);
    });
}
