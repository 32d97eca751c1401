import type { Command } from 'commander';
import { type ImportServices, importFile } from './import-file.js';

interface Options {
  mapping: string;
  dryRun: boolean;
  wait: boolean;
  rejects?: string;
}

const EXAMPLES = `
FILE is plain or gzip (told by its first bytes), UTF-8. A row that breaks a rule is rejected and the others go on:
it is written to the reject file as it stood, and can be corrected there and imported with the same mapping; the
reasons stand beside it, in <reject file>.reasons.csv. Importing a file twice, or again after it was interrupted,
appends nothing twice.

The import ends when everything that it appended, and what the policies appended because of it, is in the read models
and on Kafka.

Examples:
  $ rapport import CDNOW_master.txt --mapping docs/examples/imports/cdnow.json
  $ rapport import complaints.csv.gz --mapping docs/examples/imports/cfpb.json
  $ rapport import orders.csv.gz --mapping orders.json --dry-run
  $ rapport import orders.rejected.csv --mapping orders.json --rejects still-wrong.csv

How to write a mapping: docs/guides/import.md

With --json the last line is:
  {"rows", "customers", "purchases", "amount": {"USD": 250031563}, "appended", "unchanged", "rejected", "seconds"}`;

/** Adds `rapport import`. `services` makes what the command needs of the rest of the application. */
export function registerImport(program: Command, services: (command: Command) => ImportServices): void {
  program
    .command('import')
    .summary('load purchases or complaints from a file')
    .description(
      'Load purchases or complaints from a delimited or fixed-column text file, through the same decisions as HTTP.',
    )
    .argument('<file>', 'the file to import')
    .requiredOption('--mapping <file>', 'JSON file that says which column is which field')
    .option('--dry-run', 'read, convert and check every row, append nothing, ask no server', false)
    .option('--no-wait', 'end with the last append instead of waiting for the read models and Kafka')
    .option('--rejects <file>', 'where rejected rows go (default: <FILE>.rejected.<ext> in the working directory)')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { mapping, dryRun, wait, rejects }: Options, command: Command) => {
      process.exitCode = await importFile({ file, mapping, dryRun, wait, rejects }, services(command));
    });
}
