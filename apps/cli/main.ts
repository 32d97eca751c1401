#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning --max-semi-space-size=64
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { SettingsError } from '#platform/setting.js';
import { registerCommands } from './commands.js';
import { addGlobalOptions } from './context.js';
import { CliError, exitCode, exitCodeHelp } from './exit.js';
import { Output } from './output.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

const program = new Command('rapport')
  .description('Rapport: an event-sourced customer-relationship backend.')
  .version(version, '-V, --version', 'print the version')
  .configureHelp({ showGlobalOptions: true })
  // Errors are shown below, in one place, in one form.
  .configureOutput({ outputError: () => {} })
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText('afterAll', exitCodeHelp);
addGlobalOptions(program);

await registerCommands(program, process.argv.slice(2));

// Whoever read the output may be gone (`rapport up --json | head -1`, a closed terminal); the work goes on without it.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await report(error);
}

async function report(error: unknown): Promise<number> {
  const output = new Output(process.argv.includes('--json'));
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.done;
    if (error.code !== 'commander.help') output.error(error.message.replace(/^error: /, ''));
    return exitCode.usage;
  }
  if (error instanceof CliError) {
    output.error(error.message, error.details);
    return error.exitCode;
  }
  if (error instanceof SettingsError) {
    output.error(error.message);
    return exitCode.usage;
  }
  // Loaded here, because it loads the client of the event store, which not every command needs.
  const { isServerAway } = await import('#platform/server-away.js');
  if (isServerAway(error)) {
    output.error(`A server cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
    return exitCode.unreachable;
  }
  // A bug, or a full disk: here the stack is of use.
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : [];
  output.error(
    error instanceof Error ? error.message : String(error),
    stack.map((line) => line.trim()),
  );
  return exitCode.refused;
}
