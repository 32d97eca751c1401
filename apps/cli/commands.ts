import type { Command } from 'commander';

type Register = (program: Command) => void;

/** Every command, in the order in which the help lists them. Together they load for two seconds, one alone for much less. */
const commands: Record<string, () => Promise<Register>> = {
  up: async () => (await import('./up/command.js')).registerUp,
  embedded: async () => (await import('./embedded/command.js')).registerEmbedded,
  import: async () => {
    const [{ registerImport }, { importServices }] = await Promise.all([
      import('./import/command.js'),
      import('./import/services.js'),
    ]);
    return (program) => registerImport(program, importServices);
  },
  status: async () => (await import('./status/command.js')).registerStatus,
  events: async () => (await import('./events/command.js')).registerEvents,
  keys: async () => (await import('./keys/command.js')).registerKeys,
  erase: async () => (await import('./erase/command.js')).registerErase,
  audit: async () => (await import('./audit/command.js')).registerAudit,
  projections: async () => (await import('./projections/command.js')).registerProjections,
  replay: async () => (await import('./replay/command.js')).registerReplay,
  sql: async () => (await import('./sql/command.js')).registerSql,
  topics: async () => (await import('./topics/command.js')).registerTopics,
};

/**
 * Adds the commands that the arguments may mean: those that are named among them, since an option's value may be called
 * like a command. All of them where none is named: for the help, and to tell what was meant.
 */
export async function registerCommands(program: Command, args: readonly string[]): Promise<void> {
  const named = Object.keys(commands).filter((name) => args.includes(name));
  const isHelp = args.includes('help');
  for (const name of named.length === 0 || isHelp ? Object.keys(commands) : named) {
    (await commands[name]!())(program);
  }
}
