import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openSystem, withStore } from '../connected.js';
import { type Context, contextOf } from '../context.js';
import { exportHistory } from '../events/export-history.js';
import { noProgress, progressOn } from '../import/running/progress.js';
import {
  addDestinationOptions,
  type Destination,
  type DestinationOptions,
  destinationOf,
} from '../results/destination.js';
import { runSql } from './run-sql.js';

interface Options extends DestinationOptions {
  export?: string;
  personalData: boolean;
}

const EXAMPLES = `
The view events has a row for each event: event_id, type, stream_id, revision, position, customer_id, occurred_at,
recorded_at, actor_id, actor_kind … and data, as JSON: data->>'$.currency'. Times are in UTC. All of DuckDB's SQL works.

Examples:
  $ rapport events export --out history
  $ rapport sql "select type, count(*) as events from events group by all order by events desc" --export history
  $ rapport sql "select data->>'$.currency' as currency, sum((data->>'$.total')::bigint) as total
      from events where type = 'CustomerPurchased' group by all" --export history --format csv

More: docs/guides/replay.md`;

/** Adds `rapport sql`. */
export function registerSql(program: Command): void {
  const command = program
    .command('sql')
    .summary('ask the history in SQL')
    .description('Ask the history in SQL, by DuckDB: an export of it, or, without --export, as it is now.')
    .argument('<query>', 'SQL, with the view events');
  addDestinationOptions(command)
    .option('--export <folder>', 'what `rapport events export` wrote; left out: the history is exported for this query')
    .option('--personal-data', 'open personal data (takes the master key and the database)', false)
    .addHelpText('after', EXAMPLES)
    .action(async (sql: string, options: Options, command: Command) => {
      const context = contextOf(command);
      const { personalData } = options;
      const destination = { ...destinationOf(options, context.output.json), isPrivate: personalData };
      if (options.export !== undefined) await ask(context, sql, options.export, personalData, destination);
      else await askNow(context, sql, personalData, destination);
    });
}

async function askNow(context: Context, sql: string, personalData: boolean, destination: Destination): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-export-'));
  const progress = context.output.json ? noProgress : progressOn(process.stderr, () => performance.now(), 'events');
  try {
    const wanted = { out: join(folder, 'history'), personalData, selection: { type: [] } };
    await withStore(context, (store) => exportHistory(store, wanted, progress)).finally(() => progress.end());
    await ask(context, sql, wanted.out, personalData, destination);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(context: Context, sql: string, folder: string, personalData: boolean, destination: Destination) {
  const notice = (line: string) => context.output.notice(line);
  if (!personalData) return runSql({ sql, folder, destination }, notice);
  const { cipher, close } = await openSystem(context);
  try {
    await runSql({ sql, folder, cipher, destination }, notice);
  } finally {
    await close();
  }
}
