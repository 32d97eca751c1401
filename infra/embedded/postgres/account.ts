import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account that PostgreSQL runs under: it refuses to be root. */
export class Account {
  private constructor(
    /** Undefined: run as whoever runs this. */
    private readonly ids: { uid: number; gid: number } | undefined,
    private readonly hasSetpriv: boolean,
  ) {}

  /** This user's own account, or as root that of the user `postgres`, which is made where there is none. */
  static async find(): Promise<Account> {
    const hasSetpriv = process.platform === 'linux' && (await works('setpriv', ['--version']));
    if (process.getuid?.() !== 0) return new Account(undefined, hasSetpriv);
    if (!(await works('id', ['-u', 'postgres'])))
      await run('useradd', [
        '--system',
        '--user-group',
        '--no-create-home',
        '--shell',
        '/usr/sbin/nologin',
        'postgres',
      ]);
    const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
    return new Account({ uid: await id('-u'), gid: await id('-g') }, hasSetpriv);
  }

  /** The mode of a folder of ours around what the account owns: without setpriv the account has to be let through. */
  get folderMode(): number {
    return this.ids && !this.hasSetpriv ? 0o711 : 0o700;
  }

  /** Gives a file or folder to the account. */
  async own(path: string): Promise<void> {
    if (this.ids) await chown(path, this.ids.uid, this.ids.gid);
  }

  /**
   * Starts a program under the account. On Linux through `setpriv`, which does two things that Node cannot:
   * - The kernel sends SIGINT, PostgreSQL's fast shutdown, when this process dies, even by SIGKILL: no orphan.
   * - As root, the account may pass and read folders that are root's alone. A clone in /root (mode 700) holds both the
   *   programs and the data where the user `postgres` could not even look.
   */
  spawn(program: string, args: string[], options: SpawnOptions): ChildProcess {
    if (!this.hasSetpriv) return spawn(program, args, { ...options, ...this.ids });
    const asUser = this.ids
      ? [
          `--reuid=${this.ids.uid}`,
          `--regid=${this.ids.gid}`,
          '--clear-groups',
          // access(2), by which initdb looks for its programs, forgets the capability otherwise.
          '--securebits=+no_setuid_fixup',
          '--inh-caps=+dac_read_search',
          '--ambient-caps=+dac_read_search',
        ]
      : [];
    return spawn('setpriv', [...asUser, '--pdeathsig=INT', program, ...args], options);
  }
}

async function works(program: string, args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
