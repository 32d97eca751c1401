import { type Command, InvalidArgumentError } from 'commander';
import { contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { addSelectionOptions, type SelectionOptions } from '../history/selection.js';
import { addDestinationOptions, type DestinationOptions, destinationOf } from '../results/destination.js';
import { runReplay, tableName } from './run-replay.js';

interface Options extends SelectionOptions, DestinationOptions {
  table?: string;
  personalData: boolean;
  timeLimit: number;
  memoryLimit: number;
}

const EXAMPLES = `
FILE exports a projection: { name, key, evolve, finish? }, whose types are in 'rapport/replay'. It runs in a process of
its own, which is given the events and nothing else: no environment, no files, no clock. Events come without personal
data, unless --personal-data is given. Nothing is written but what is asked for; policies and publishers do not run.

Examples:
  $ rapport replay docs/examples/replay/cohort-retention.ts
  $ rapport replay docs/examples/replay/rfm-segments.ts --out segments.parquet
  $ rapport replay docs/examples/replay/complaint-rate.ts --as-of 2026-06-30 --table complaint_rate

How to write one: docs/guides/replay.md`;

/** Adds `rapport replay`. */
export function registerReplay(program: Command): void {
  const command = program
    .command('replay')
    .summary("run an analyst's projection over the history")
    .description('Run a projection from a TypeScript file, which is no part of the project, over the history.')
    .argument('<file>', 'TypeScript file whose default export is a projection');
  addDestinationOptions(addSelectionOptions(command))
    .option(
      '--table <name>',
      'write the rows into this table of PostgreSQL, schema analysis, in place of what it held',
      table,
    )
    .option('--personal-data', 'open personal data (takes the master key); not with --table', false)
    .option('--time-limit <seconds>', 'how long the projection may run', positive, 600)
    .option('--memory-limit <mebibytes>', 'how much memory the projection may take', positive, 1024)
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options, command: Command) => replay(file, options, command));
}

async function replay(file: string, options: Options, command: Command): Promise<void> {
  const context = contextOf(command);
  const { personalData, timeLimit, memoryLimit } = options;
  if (personalData && options.table !== undefined) {
    throw new CliError(
      '--personal-data does not go with --table: erasing a person would not reach that table.',
      exitCode.usage,
    );
  }
  const isAskedFor = options.out !== undefined || options.format !== undefined || options.table === undefined;
  const destination = isAskedFor
    ? { ...destinationOf(options, context.output.json), isPrivate: personalData }
    : undefined;
  const summary = await runReplay(
    {
      file,
      selection: options,
      personalData,
      limits: { seconds: timeLimit, mebibytes: memoryLimit },
      destination,
      table: options.table,
    },
    context,
  );
  const { rows, events, position, seconds } = summary;
  const where = [options.out, options.table && tableName(options.table)].filter((place) => place);
  const line = `${rows.toLocaleString('en')} rows from ${events.toLocaleString('en')} events, up to position ${position}, in ${seconds} s${where.length > 0 ? `: ${where.join(', ')}` : ''}`;
  // Where the rows stand on standard output, nothing else does.
  if (destination !== undefined && destination.out === undefined) {
    if (!context.output.json) context.output.notice(line);
  } else context.output.result(summary, [line]);
  if (personalData)
    context.output.notice('The rows may hold personal data, which an erasure will not reach: mind them.');
}

function table(name: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new InvalidArgumentError('A table is called by lower-case letters, digits and _, 63 at most.');
}

/** Half a second is of use to a test, half a mebibyte to nobody. */
function positive(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
