import { type Command, InvalidArgumentError, Option } from 'commander';
import { compare } from '#processing/rebuild/compare.js';
import { contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { EXAMPLES_SHOWN, linesOf } from './difference-lines.js';
import { versionsOf, withSystem } from './views.js';

const DESCRIPTION = `Compare every row of the live build of a view with those of another build of it, in one snapshot in which
both stand at the same position. Between two versions differences are what the new one is for; of one and the same
version there must be none, or the exit code is 1.`;

/** Adds `rapport projections diff`. */
export function registerDiff(projections: Command): void {
  projections
    .command('diff')
    .summary('compare every row of the live build with those of another')
    .description(DESCRIPTION)
    .argument('<name>', 'of the view')
    .addOption(new Option('--with <build>', 'which one').choices(['next', 'previous']).default('next'))
    .option('--examples <n>', 'how many differing rows of a table are told in full', wholeNumber, EXAMPLES_SHOWN)
    .action(async (name: string, options: { with: 'next' | 'previous'; examples: number }, command: Command) => {
      const context = contextOf(command);
      const versions = versionsOf(name);
      const comparison = await withSystem(context, (parts) => compare(versions, options.with, parts, options.examples));
      context.output.result({ ...comparison, position: Number(comparison.position ?? 0n) }, linesOf(comparison));
      const { same, liveVersion, version } = comparison;
      if (!same && liveVersion === version) {
        throw new CliError(`The two builds of ${name} differ, though the version is the same.`, exitCode.refused);
      }
    });
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
