#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning --max-semi-space-size=64
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { isServerAway } from '#platform/server-away.js';
import { SettingsError } from '#platform/setting.js';
import { registerAudit } from './audit/command.js';
import { addGlobalOptions } from './context.js';
import { registerEmbedded } from './embedded/command.js';
import { registerErase } from './erase/command.js';
import { registerEvents } from './events/command.js';
import { CliError, exitCode, exitCodeHelp } from './exit.js';
import { registerImport } from './import/command.js';
import { importServices } from './import/services.js';
import { registerKeys } from './keys/command.js';
import { Output } from './output.js';
import { registerProjections } from './projections/command.js';
import { registerReplay } from './replay/command.js';
import { registerSql } from './sql/command.js';
import { registerStatus } from './status/command.js';
import { registerTopics } from './topics/command.js';
import { registerUp } from './up/command.js';

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

registerUp(program);
registerEmbedded(program);
registerImport(program, importServices);
registerStatus(program);
registerEvents(program);
registerKeys(program);
registerErase(program);
registerAudit(program);
registerProjections(program);
registerReplay(program);
registerSql(program);
registerTopics(program);

// Whoever read the output may be gone (`rapport up --json | head -1`, a closed terminal); the work goes on without it.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
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
