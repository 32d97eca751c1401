import type { Command } from 'commander';
import { findBuilds, processorOf } from '#processing/builds/build.js';
import { processorPositions } from '#processing/checkpoint-status.js';
import { holderOf } from '#processing/rebuild/rebuild-lock.js';
import { processorStates } from '#processing/worker-status.js';
import { withStore } from '../connected.js';
import { contextOf } from '../context.js';
import { versionsOf, withViews } from './views.js';

/** Adds `rapport projections status`. */
export function registerStatus(projections: Command): void {
  projections
    .command('status')
    .summary('tell where every build stands')
    .description('Tell of every build where it stands, how far that is from the head, and whether a worker feeds it.')
    .argument('[name]', 'of the view; left out: all of them')
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      if (name !== undefined) versionsOf(name);
      const head = Number((await withStore(context, (store) => store.head())) ?? 0n);
      const builds = await withViews(context, async (pool) => {
        const [rows, positions, states] = await Promise.all([
          findBuilds(pool, name),
          processorPositions(pool),
          processorStates(pool),
        ]);
        return Promise.all(
          rows.map(async ({ projection, build, version, state }) => {
            const processor = processorOf(projection, build);
            const found = positions.find((position) => position.name === processor)?.position;
            const position = found === undefined ? null : Number(found);
            const builder = state === 'building' ? await holderOf(pool, projection) : undefined;
            const abandoned = builder === undefined ? 'left by a rebuild that was ended' : `being built by ${builder}`;
            const fed = state === 'building' ? abandoned : (states.get(processor) ?? 'no worker runs it');
            return { projection, build, version, state: fed, position, lag: Math.max(0, head - (position ?? 0)) };
          }),
        );
      });
      context.output.result(
        { head, builds },
        builds.map(({ projection, build, version, state, position, lag }) => {
          const what = `${projection} ${build} (version ${version})`;
          return `${what.padEnd(40)} ${String(position ?? '-').padStart(14)}  lag ${String(lag).padStart(10)}  ${state}`;
        }),
      );
    });
}
