import type { Command } from 'commander';
import { withStore } from '../connected.js';
import { contextOf } from '../context.js';
import { addSelectionOptions, type SelectionOptions } from '../history/selection.js';
import { noProgress, progressOn } from '../import/running/progress.js';
import { exportHistory } from './export-history.js';

interface Options extends SelectionOptions {
  out: string;
  personalData: boolean;
}

/** Adds `rapport events export`. */
export function registerExport(events: Command): void {
  const command = events
    .command('export')
    .summary('write the history as Parquet')
    .description(
      'Write the history as Parquet files, by month of recording: recorded_month=2026-11/events-00001.parquet. Without ' +
        'personal data, unless --personal-data is given: then they are in the files as they stand in the log, sealed.',
    )
    .requiredOption('--out <folder>', 'a folder that is empty or not there yet');
  addSelectionOptions(command)
    .option('--personal-data', 'with personal data, sealed: `rapport sql --personal-data` opens them', false)
    .action(async ({ out, personalData, ...selection }: Options, command: Command) => {
      const context = contextOf(command);
      const progress = context.output.json ? noProgress : progressOn(process.stderr, () => performance.now(), 'events');
      const summary = await withStore(context, (store) =>
        exportHistory(store, { out, personalData, selection }, progress),
      ).finally(() => progress.end());
      const { events: count, files, position } = summary;
      context.output.result(summary, [
        `${count.toLocaleString('en')} events in ${files} ${files === 1 ? 'file' : 'files'}, up to position ${position}: ${out}`,
      ]);
    });
}
