import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { addGlobalOptions, contextOf } from '../../context.js';
import { CliError } from '../../exit.js';
import { runUp } from '../run-up.js';
import type { StandInPorts } from '../stand-ins.js';

/** `rapport up --json` with fixture children; FIXTURE_PORTS gives the ports of the stand-ins, as JSON. */
const fixture = (name: string) => fileURLToPath(new URL(`fixture-${name}.js`, import.meta.url));
const standIn = fixture('stand-in');
const programs = {
  eventStore: standIn,
  kafka: standIn,
  postgres: standIn,
  api: fixture('api'),
  worker: fixture('worker'),
};
const command = new Command();
addGlobalOptions(command);
command.parse(['node', 'rapport', '--json']);
try {
  await runUp(contextOf(command), JSON.parse(process.env.FIXTURE_PORTS ?? '{}') as StandInPorts, programs);
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`${JSON.stringify({ error: error.message, details: error.details })}\n`);
  process.exitCode = error.exitCode;
}
