import { type Command, InvalidArgumentError, Option } from 'commander';
import { contextOf } from '../context.js';
import { addStandInPortOptions, type StandInName, type StandInPorts, standInNames } from '../up/stand-ins.js';
import { runEmbedded } from './run-embedded.js';
import { runVerify } from './run-verify.js';

export function registerEmbedded(program: Command): void {
  const command = program
    .command('embedded')
    .summary('run the stand-ins for event store, Kafka and PostgreSQL alone')
    .description(
      'Runs the stand-ins for event store, Kafka and PostgreSQL alone, in the foreground, on 127.0.0.1: for tests, or ' +
        'to run API and worker by hand. They are made for development and one small machine; they do not cluster.',
    )
    .addOption(
      new Option('--only <name>', 'run only event-store, kafka or postgres; may be given again').argParser(only),
    );
  addStandInPortOptions(command)
    .addHelpText(
      'after',
      `
With --json, one line when ready (null and [] for what was not started):
  {"eventStore": "esdb://127.0.0.1:2113?tls=false", "kafka": ["127.0.0.1:9092"], "database": "postgres://…"}

With RAPPORT_SUPERVISED=1 in the environment it also stops when its standard input ends, so that none is left behind
when the test run that started it is killed.`,
    )
    .action(async (_options: unknown, self: Command) => {
      const options = self.opts<StandInPorts & { only?: StandInName[] }>();
      await runEmbedded(contextOf(self), options.only ?? standInNames, options);
    });

  command
    .command('verify')
    .summary('check every stored record of the stand-ins')
    .description(
      'Walks every record that the stand-in event store and broker have stored in the data folder, and checks checksums ' +
        'and numbering. The stand-ins must not be running. Nothing is changed. Exit code 1: something is corrupt.',
    )
    .addHelpText(
      'after',
      `
With --json, one line; what is counted depends on the store, and corrupt is left out when all is whole:
  {"whole": false, "eventStore": {"events": 0}, "corrupt": {"kafka": "…"}}`,
    )
    .action(async (_options: unknown, self: Command) => {
      process.exitCode = await runVerify(contextOf(self));
    });
}

/** Collects what is given again and again. */
function only(name: string, before: StandInName[] | undefined): StandInName[] {
  const known = standInNames.find((standIn) => standIn === name);
  if (!known) throw new InvalidArgumentError(`It must be one of ${standInNames.join(', ')}.`);
  return [...new Set([...(before ?? []), known])];
}
