import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from '../context.js';
import { CliError, type ExitCode, exitCode } from '../exit.js';
import { FolderLock } from '../up/folder-lock.js';
import { awaitLeftovers } from '../up/leftovers.js';
import { built } from '../up/programs.js';

/** Walks a store; what it counted by name. Throws when something is corrupt. */
type Verify = (dataDir: string) => Promise<Record<string, number>>;

export interface Store {
  /** The key in the result. */
  key: string;
  /** The folder's name in the data folder. */
  name: string;
  title: string;
  /** The path of the built module that exports `verify`; loaded only when it is needed, as it loads LMDB. */
  module: string;
}

const stores: readonly Store[] = [
  {
    key: 'eventStore',
    name: 'event-store',
    title: 'event store',
    module: built('infra/embedded/event-store/verify.js'),
  },
  { key: 'kafka', name: 'kafka', title: 'Kafka broker', module: built('infra/embedded/kafka/verify.js') },
];

/** Checks what the stand-ins have stored; the exit code says whether it is whole. */
export async function runVerify({ output, settings }: Context, toCheck = stores): Promise<ExitCode> {
  const data = resolve(settings.data);
  const present = toCheck.filter(({ name }) => existsSync(join(data, name)));
  if (present.length === 0) throw new CliError(`${data} holds no data of a stand-in.`, exitCode.usage);
  const lock = FolderLock.take(data, 'embedded verify');
  try {
    await awaitLeftovers(lock.leftovers, (line) => output.notice(line));
    const counts: Record<string, Record<string, number>> = {};
    const corrupt: Record<string, string> = {};
    for (const { key, name, title, module } of present) {
      const { verify } = (await import(pathToFileURL(module).href)) as { verify: Verify };
      try {
        counts[key] = await verify(join(data, name));
        const parts = Object.entries(counts[key]).map(([what, count]) => `${count} ${what}`);
        output.info(`The ${title} is whole: ${parts.join(', ')}.`);
      } catch (error) {
        corrupt[key] = error instanceof Error ? error.message : String(error);
        output.info(`The ${title} is not whole: ${corrupt[key]}`);
      }
    }
    const whole = Object.keys(corrupt).length === 0;
    output.result({ whole, ...counts, ...(!whole && { corrupt }) }, []);
    return whole ? exitCode.done : exitCode.refused;
  } finally {
    lock.release();
  }
}
