import type { Command } from 'commander';
import { findBuilds, processorOf } from '#processing/builds/build.js';
import { viewFacts } from '#processing/health/view-facts.js';
import { segmentCount } from '#processing/projection.js';
import { projectionNames } from '#read-models/projections.js';
import { contextOf } from '../context.js';
import { versionsOf, withViews } from './views.js';

const TOLD = { ready: '', building: ' (being built)', abandoned: ' (left by a rebuild that was ended)' };

/** Adds `rapport projections list`. */
export function registerList(projections: Command): void {
  projections
    .command('list')
    .summary('list the views, and which builds there are of each')
    .description('List the views: the versions that this program knows, and which builds there are of each.')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { builds, facts } = await withViews(context, async (pool) => {
        return { builds: await findBuilds(pool), facts: await viewFacts(pool) };
      });
      const views = projectionNames.map((name) => ({
        name,
        versions: versionsOf(name).map(({ version }) => version),
        segments: segmentCount(versionsOf(name)[0]!),
        builds: builds
          .filter(({ projection }) => projection === name)
          .map(({ build, version, state, createdAt }) => {
            const isAbandoned = facts.building.get(processorOf(name, build)) === 'abandoned';
            return { build, version, state: isAbandoned ? ('abandoned' as const) : state, createdAt };
          }),
      }));
      context.output.result(
        { views },
        views.map((view) => {
          const told = view.builds.map(({ build, version, state }) => {
            return `${build} ${version}${TOLD[state]}`;
          });
          return `${view.name.padEnd(20)} knows ${view.versions.join(', ').padEnd(6)} ${told.join(', ')}`;
        }),
      );
    });
}
