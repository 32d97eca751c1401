import type { Command } from 'commander';
import type { Pool } from 'pg';
import { createPool } from '#platform/database/pool.js';
import { type ParkedKey, parkedList } from '#processing/parking/parked-list.js';
import { dropParked, NotRetried, type Retried, retryParked } from '#processing/parking/retry.js';
import { projections } from '#read-models/projections.js';
import { openSystem } from '../connected.js';
import { type Context, contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { connectionsFor } from '../running.js';

interface ParkedOptions {
  retry?: string;
  all?: boolean;
  drop?: string;
  reason?: string;
}

const DESCRIPTION = `List what is parked: an event that a view cannot take holds up the row that it belongs to, and nothing else.
Answers about such a customer are refused (409, customer-parked) until what waits has been taken or dropped.`;

const EXAMPLES = `
Examples:
  $ rapport projections parked
  $ rapport projections parked customer_360 --retry 0198c5a2-…   # after the projection has been mended
  $ rapport projections parked customer_360 --all
  $ rapport projections parked customer_360 --drop 0198c5a2-… --reason "A test order of the till"`;

/** Adds `rapport projections parked`. */
export function registerParked(parent: Command): void {
  parent
    .command('parked')
    .summary('list, retry and drop the events that a view could not take')
    .description(DESCRIPTION)
    .argument('[name]', 'of the view; of its other builds NAME@next and NAME@previous')
    .option('--retry <key>', 'take what waits under a key')
    .option('--all', 'take everything that waits in the view')
    .option('--drop <key>', 'leave out the first event that waits under a key, for good, and take the others')
    .option('--reason <text>', 'why it is left out: shown with the answers about the customer')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: ParkedOptions, command: Command) => {
      const context = contextOf(command);
      ensureSound(name, options);
      if (options.retry !== undefined || options.all || options.drop !== undefined) {
        await mend(context, name!, options);
        return;
      }
      const parked = await withPool(context, (pool) => parkedList(pool, name));
      context.output.result({ parked }, parked.length > 0 ? parked.flatMap(linesOf) : ['Nothing is parked.']);
    });
}

function ensureSound(name: string | undefined, { retry, all, drop, reason }: ParkedOptions): void {
  const asked = [retry, drop, all].filter((option) => option !== undefined).length;
  if (asked > 1) throw new CliError('Give one of --retry, --all and --drop.', exitCode.usage);
  if (asked === 1 && name === undefined) throw new CliError('Say in which view.', exitCode.usage);
  if ((drop !== undefined) !== (reason !== undefined && reason.trim() !== '')) {
    throw new CliError('--drop needs --reason, and --reason needs --drop.', exitCode.usage);
  }
}

async function mend(context: Context, name: string, { retry, drop, reason }: ParkedOptions): Promise<void> {
  const { store, pool, close } = await openSystem(context);
  const parts = { store, pool, projections };
  let held = false;
  try {
    const keys = retry !== undefined ? [retry] : drop !== undefined ? [] : await keysOf(pool, name);
    const work = keys.map((key) => () => retryParked(parts, name, key));
    if (drop !== undefined) work.push(() => dropParked(parts, name, drop, reason!));
    for (const one of work) {
      const retried = await one();
      held ||= retried.waiting > 0;
      context.output.result(retried, [lineOf(retried)]);
    }
    if (work.length === 0) context.output.info('Nothing is parked.');
  } catch (error) {
    if (error instanceof NotRetried) throw new CliError(error.message, exitCode.refused);
    throw error;
  } finally {
    await close();
  }
  if (held) throw new CliError('Some events still wait.', exitCode.refused);
}

async function keysOf(pool: Pool, name: string): Promise<string[]> {
  return (await parkedList(pool, name)).map(({ key }) => key);
}

async function withPool<T>(context: Context, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool(connectionsFor(context, 'databaseUrl').databaseUrl);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function linesOf({ view, key, events, position, parkedAt, error }: ParkedKey): string[] {
  const waiting = events === 1 ? '1 event' : `${events} events`;
  return [`${view}  ${key}  ${waiting} from position ${position} on, since ${parkedAt}`, `  ${error}`];
}

function lineOf({ key, taken, waiting, error }: Retried): string {
  return waiting === 0 ? `${key}: ${taken} taken.` : `${key}: ${taken} taken, ${waiting} still wait: ${error}`;
}
