import type { Command } from 'commander';
import type { Projection } from '#processing/projection.js';
import { compare } from '#processing/rebuild/compare.js';
import { rebuild } from '#processing/rebuild/rebuild.js';
import { projectionNames } from '#read-models/projections.js';
import { type Context, contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { EXAMPLES_SHOWN, linesOf } from './difference-lines.js';
import { progressOn } from './progress.js';
import { versionsOf, withSystem } from './views.js';

interface RebuildOptions {
  all: boolean;
  compare: boolean;
}

const DESCRIPTION = `Build the latest version of one or more views from the whole history, in one read, beside the live
ones: queries and events go on. Afterwards every row is compared with the live one's, and the workers feed both, so that
\`promote\` can put the new build in the place of the live one at any time. What an ended rebuild left is dropped first.`;

/** Adds `rapport projections rebuild`. */
export function registerRebuild(projections: Command): void {
  projections
    .command('rebuild')
    .summary('build a view again from the events, beside the live one')
    .description(DESCRIPTION)
    .argument('[names...]', 'of the views')
    .option('--all', 'all views', false)
    .option('--no-compare', 'do not compare the rows with those of the live build afterwards')
    .action(async (names: string[], options: RebuildOptions, command: Command) => {
      if (options.all === names.length > 0) throw new CliError('Name the views, or say --all.', exitCode.usage);
      const chosen = options.all ? projectionNames : [...new Set(names)];
      await rebuildAll(
        contextOf(command),
        chosen.map((name) => versionsOf(name)[0]!),
        options.compare,
      );
    });
}

/** Whoever ends the command, with Ctrl-C or SIGTERM, ends the work; a second time at once. */
async function untilTold<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const end = () => {
    ignore();
    stop.abort(new CliError('It was told to end: what it had made is dropped.', exitCode.refused));
  };
  const ignore = () => process.off('SIGINT', end).off('SIGTERM', end);
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    return await work(stop.signal);
  } finally {
    ignore();
  }
}

async function rebuildAll(
  context: Context,
  projections: readonly Projection<object>[],
  compares: boolean,
): Promise<void> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 10) / 100;
  await withSystem(context, async (parts) => {
    const shown = progressOn(process.stderr, context.output.json);
    const rebuilt = await untilTold((signal) =>
      rebuild(projections, { ...parts, signal }, (progress) => shown.tell(progress)),
    ).finally(() => shown.end());
    const promotableAfter = seconds();
    const comparisons = [];
    if (compares) {
      for (const { name } of projections)
        comparisons.push(await compare(versionsOf(name), 'next', parts, EXAMPLES_SHOWN));
    }
    context.output.result(
      {
        ...rebuilt,
        position: rebuilt.position === undefined ? null : Number(rebuilt.position),
        promotableAfter,
        seconds: seconds(),
        peakRss: process.resourceUsage().maxRSS * 1024,
        comparisons: comparisons.map((comparison) => ({ ...comparison, position: Number(comparison.position ?? 0n) })),
      },
      [
        `${rebuilt.events.toLocaleString('en')} events read, ready to be promoted after ${promotableAfter} s.`,
        ...rebuilt.views.map(({ projection, version, rows, parked }) => {
          const without = parked === 0 ? '' : `, ${parked} parked (see \`rapport projections parked ${projection}\`)`;
          return `${projection}: version ${version}, ${rows.toLocaleString('en')} rows${without}.`;
        }),
        ...comparisons.flatMap(linesOf),
      ],
    );
    const wrong = comparisons.filter(({ same, liveVersion, version }) => !same && liveVersion === version);
    if (wrong.length > 0) {
      throw new CliError(
        `${wrong.map(({ projection }) => projection).join(', ')}: the rows differ from the live ones, though the version is the same.`,
        exitCode.refused,
      );
    }
  });
}
