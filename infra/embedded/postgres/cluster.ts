import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.js';

export const user = 'rapport';

export interface Cluster {
  /** PostgreSQL's own data directory, without symbolic links. */
  directory: string;
  password: string;
}

/**
 * Opens the cluster of a data folder, and makes it at the first start.
 *
 * Connections need a password, though the server listens on loopback alone: on a machine with several users, `trust`
 * would let every one of them read the customers. It is random, in a file that only the owner reads, and part of the
 * URL that the ready line says, so nobody has to type it.
 */
export async function openCluster(data: string, initdb: string, account: Account): Promise<Cluster> {
  await mkdir(data, { recursive: true, mode: account.folderMode });
  const folder = await realpath(data);
  const directory = join(folder, 'cluster');
  const passwordFile = join(folder, 'password');
  if (!existsSync(directory)) await initialise(folder, directory, passwordFile, initdb, account);
  await account.own(directory);
  const password = await readFile(passwordFile, 'utf8').catch(() => {
    throw new Error(`${passwordFile} cannot be read: it holds the password of the cluster beside it. Restore it.`);
  });
  return { directory, password: password.trim() };
}

async function initialise(folder: string, directory: string, passwordFile: string, initdb: string, account: Account) {
  const password = randomBytes(24).toString('base64url');
  // Made aside and renamed when it is whole: initdb takes no folder that a killed run left half made.
  const unfinished = join(folder, 'cluster.unfinished');
  const handover = join(folder, 'password.initdb');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await account.own(unfinished);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await chmod(passwordFile, 0o600);
  await rm(handover, { force: true });
  await writeFile(handover, `${password}\n`, { mode: 0o600 });
  await account.own(handover);
  try {
    await runInitdb(initdb, unfinished, handover, account);
  } finally {
    await rm(handover, { force: true });
  }
  await rename(unfinished, directory);
}

async function runInitdb(initdb: string, directory: string, passwordFile: string, account: Account) {
  const args = [
    `--pgdata=${directory}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    // The built-in provider sorts and folds case alike on every machine, whatever locales it has installed.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const child = account.spawn(initdb, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`initdb failed (${signal ?? `exit code ${code}`}): ${said.trim()}`);
}
