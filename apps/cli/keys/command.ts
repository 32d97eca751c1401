import { type Command, InvalidArgumentError, Option } from 'commander';
import { ApiKeyExists, type ApiKeyHolder, ApiKeys } from '#apps/api/auth/api-keys.js';
import { API_ROLES, type ApiRole } from '#apps/api/auth/roles.js';
import { prepareDatabase } from '#platform/database/migrate.js';
import { createPool } from '#platform/database/pool.js';
import { contextOf } from '../context.js';
import { CliError, exitCode } from '../exit.js';
import { connectionsFor } from '../running.js';

interface CreateOptions {
  role: ApiRole;
  department?: string;
  outlet?: string;
}

const EXAMPLES = `
Roles: agent, service (record what happened), analyst (read without personal data), auditor (read everything),
admin (everything). The table is in docs/roles.md.

Examples:
  $ rapport keys create till-7 --role agent --outlet hanoi-1
  $ rapport keys list
  $ rapport keys revoke till-7`;

/** Adds `rapport keys`. */
export function registerKeys(program: Command): void {
  const keys = program
    .command('keys')
    .summary('make, list and revoke API keys')
    .description('Make, list and revoke the keys of the HTTP API.')
    .addHelpText('after', EXAMPLES);
  keys
    .command('create')
    .summary('make a key')
    .description('Make a key and print it. It is stored as a hash only, so it is never shown again.')
    .argument('<name>', 'who uses it: the actor of every event that it brings about', keyName)
    .addOption(new Option('--role <role>', 'what it may do').choices(API_ROLES).makeOptionMandatory())
    .option('--department <name>', 'department of its holder, for every event', keyName)
    .option('--outlet <id>', 'outlet of its holder, for every event', keyName)
    .action(async (name: string, { role, department, outlet }: CreateOptions, command: Command) => {
      const holder: ApiKeyHolder = { name, role, department, outletId: outlet };
      const apiKey = await withKeys(command, (store) => store.create(holder));
      contextOf(command).output.result({ name, role, apiKey }, [
        `Key ${name}, role ${role}. Keep it now, it is not shown again:`,
        apiKey,
      ]);
    });
  keys
    .command('list')
    .summary('list the valid keys')
    .description('List the valid keys; not the keys themselves, which nobody knows.')
    .action(async (_options: object, command: Command) => {
      const valid = await withKeys(command, (store) => store.list());
      const lines = valid.map(({ name, role, department, outletId, createdAt }) => {
        const where = [department, outletId].filter((part) => part !== null).join(', ');
        return `${name.padEnd(24)} ${role.padEnd(8)} ${createdAt.slice(0, 10)}  ${where}`.trimEnd();
      });
      contextOf(command).output.result({ keys: valid }, lines.length > 0 ? lines : ['There are no keys.']);
    });
  keys
    .command('revoke')
    .summary('end a key')
    .description('End a key. A running API takes it for a few seconds more.')
    .argument('<name>', 'the name that it was made with')
    .action(async (name: string, _options: object, command: Command) => {
      const revoked = await withKeys(command, (store) => store.revoke(name));
      if (!revoked) throw new CliError(`There is no valid key ${name}.`, exitCode.refused);
      contextOf(command).output.result({ name, revoked }, [`Key ${name} is revoked.`]);
    });
}

/** It goes into events and rows as text. */
function keyName(text: string): string {
  if (/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text) && text.trim() === text) return text;
  throw new InvalidArgumentError('It must be 1 to 200 visible characters.');
}

/** A key may be made before anything has run: the tables are made when they are missing. */
async function withKeys<T>(command: Command, work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  const { databaseUrl } = connectionsFor(contextOf(command), 'databaseUrl');
  await prepareDatabase(databaseUrl);
  const pool = createPool(databaseUrl);
  try {
    return await work(new ApiKeys(pool));
  } catch (error) {
    if (error instanceof ApiKeyExists) throw new CliError(error.message, exitCode.refused);
    throw error;
  } finally {
    await pool.end();
  }
}
