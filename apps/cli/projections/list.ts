import type { Command } from 'commander';
import { findBuilds } from '#processing/builds/build.js';
import { segmentCount } from '#processing/projection.js';
import { projectionNames } from '#read-models/projections.js';
import { contextOf } from '../context.js';
import { versionsOf, withViews } from './views.js';

/** Adds `rapport projections list`. */
export function registerList(projections: Command): void {
  projections
    .command('list')
    .summary('list the views, and which builds there are of each')
    .description('List the views: the versions that this program knows, and which builds there are of each.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const builds = await withViews(context, (pool) => findBuilds(pool));
      const views = projectionNames.map((name) => ({
        name,
        versions: versionsOf(name).map(({ version }) => version),
        segments: segmentCount(versionsOf(name)[0]!),
        builds: builds
          .filter(({ projection }) => projection === name)
          .map(({ build, version, state, createdAt }) => ({ build, version, state, createdAt })),
      }));
      context.output.result(
        { views },
        views.map((view) => {
          const told = view.builds.map(({ build, version, state }) => {
            return `${build} ${version}${state === 'building' ? ' (being built)' : ''}`;
          });
          return `${view.name.padEnd(20)} knows ${view.versions.join(', ').padEnd(6)} ${told.join(', ')}`;
        }),
      );
    });
}
