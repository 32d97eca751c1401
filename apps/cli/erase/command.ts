import { type Command, InvalidArgumentError } from 'commander';
import { createPool } from '#platform/database/pool.js';
import { type Context, contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { readRunFile } from '../run-file.js';
import { connectionsFor } from '../running.js';
import { removeOldVersions } from './old-versions.js';
import { whenPassed } from './when-passed.js';

interface Erased {
  id: string;
  revision: number;
  position: string;
}

interface Result extends Erased {
  /** Whether PostgreSQL's own files were rid of what they keep of old rows. */
  oldVersionsRemoved: boolean;
}

/** How long an API may take: it waits for the event store and the database. */
const ANSWER_MS = 30_000;

const DESCRIPTION = `Erase a person: destroy the key of their personal data, for good. Everything that was recorded of
them stays, without what is personal. It goes through the API, so the key that it uses must be one of an admin. Then it
removes what the PostgreSQL stand-in keeps of old rows in its files; of another PostgreSQL its administrator has to. For a
customer who was erased before it does the latter alone.`;

/** Adds `rapport erase`. */
export function registerErase(program: Command): void {
  program
    .command('erase')
    .summary('erase the personal data of a customer, for good')
    .description(DESCRIPTION)
    .argument('<customer>', 'its id, or what another system knows it by: SYSTEM:ID')
    .requiredOption('--reason <text>', 'why, for every reader of the history: without personal data', given)
    .action(async (customer: string, { reason }: { reason: string }, command: Command) => {
      const context = contextOf(command);
      const { api, apiKey } = connectionsFor(context, 'api', 'apiKey');
      const erased = await erase(api, apiKey, customer, reason);
      const result: Result = { ...erased, oldVersionsRemoved: await cleanStandIn(context, erased) };
      context.output.result(result, [
        `Customer ${erased.id} is erased.`,
        result.oldVersionsRemoved
          ? 'Nothing personal of them is left in the files of the PostgreSQL stand-in.'
          : "PostgreSQL's files keep old versions of rows: docs/operations.md says how they are removed.",
      ]);
    });
}

/** @returns false where the database is not the stand-in of this data folder: it is its administrator's then. */
async function cleanStandIn(context: Context, { position }: Erased): Promise<boolean> {
  const { settings } = context;
  const isStandIn = !settings.databaseUrl && readRunFile(settings.data)?.children['PostgreSQL server'] !== undefined;
  if (!isStandIn) return false;
  const { databaseUrl } = connectionsFor(context, 'databaseUrl');
  const pool = createPool(databaseUrl);
  try {
    await whenPassed(pool, databaseUrl, BigInt(position));
    await removeOldVersions(pool);
    return true;
  } finally {
    await pool.end();
  }
}

function given(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Say why.');
}

async function erase(api: string, apiKey: string, customer: string, reason: string): Promise<Erased> {
  const response = await fetch(`${api}/customers/${encodeURIComponent(customer)}/erase`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((error: Error) => {
    throw new CliError(`The API at ${api} cannot be reached: ${error.message}.`, exitCode.unreachable);
  });
  const body = (await response.json()) as Erased & { detail?: string };
  if (response.ok) return { id: body.id, revision: body.revision, position: body.position };
  const code = response.status === 503 ? exitCode.unreachable : exitCode.refused;
  throw new CliError(body.detail ?? `The API answered ${response.status}.`, code);
}
