import { type Command, Option } from 'commander';
import { SettingsError } from '#platform/setting.js';
import { readSettings, type Settings } from '#platform/settings.js';
import { CliError, exitCode } from './exit.js';
import { Output } from './output.js';

/** Options that stand in for an environment variable: the option wins. */
const variableOf: Readonly<Record<string, string>> = {
  data: 'RAPPORT_DATA',
  port: 'RAPPORT_PORT',
  businessDate: 'RAPPORT_BUSINESS_DATE',
  source: 'RAPPORT_SOURCE',
};

/** What every command has to hand. */
export interface Context {
  output: Output;
  settings: Settings;
  /** The environment with the options in it. */
  env: Readonly<Record<string, string | undefined>>;
  /** Whether the setting is the user's own, and not a default. */
  isGiven(variable: string): boolean;
}

/** The options that every command takes, before or after its name. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('--data <dir>', 'data folder, made at the first start (env RAPPORT_DATA, default .rapport)'))
    .addOption(new Option('--port <n>', 'port of the API (env RAPPORT_PORT, default 3000)'))
    .option('--json', 'print results, notices and errors as one JSON object a line', false);
}

/**
 * Checks the settings that a command was started with.
 * @throws CliError (exit code 2) naming the option or variable that is wrong.
 */
export function contextOf(command: Command, environment: NodeJS.ProcessEnv = process.env): Context {
  const options = command.optsWithGlobals<Record<string, unknown>>();
  const env: Record<string, string | undefined> = { ...environment };
  const givenByOption = new Map<string, string>();
  for (const [option, variable] of Object.entries(variableOf)) {
    const value = options[option];
    if (typeof value !== 'string') continue;
    // An empty variable is not set; an empty option is a mistake, such as `--data "$UNSET"`.
    if (value === '') throw new CliError(`${flagOf(option)} needs a value.`, exitCode.usage);
    env[variable] = value;
    givenByOption.set(variable, flagOf(option));
  }
  try {
    const settings = readSettings(env);
    return { output: new Output(options.json === true), settings, env, isGiven: (variable) => !!env[variable] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const flag = givenByOption.get(error.variable);
    throw new CliError(flag ? error.message.replace(error.variable, flag) : error.message, exitCode.usage);
  }
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
