import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../exit.js';
import { identify } from '../process-identity.js';
import { FolderLock } from './folder-lock.js';

describe('the lock of a data folder', () => {
  let folder: string;
  const path = () => join(folder, 'lock');
  const leave = (holder: object) => writeFileSync(path(), JSON.stringify(holder));
  const self = identify(process.pid)!;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rapport-lock-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the folder, and leaves nothing in it when it is released', () => {
    const lock = FolderLock.take(join(folder, 'a/b'), 'up');
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['lock']);
    lock.release();
    expect(readdirSync(join(folder, 'a/b'))).toEqual([]);
  });

  it('keeps a folder that it makes from everybody else, and leaves one that was there as it is', () => {
    const before = process.umask(0o022);
    try {
      FolderLock.take(join(folder, 'new'), 'up').release();
      mkdirSync(join(folder, 'old'), { mode: 0o750 });
      FolderLock.take(join(folder, 'old'), 'up').release();
    } finally {
      process.umask(before);
    }
    const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
    const own = process.getuid?.() === 0 && !hasSetpriv ? 0o711 : 0o700;
    expect(['new', 'old'].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([own, 0o750]);
  });

  it('is refused to a second one, with the pid of the holder and since when', () => {
    FolderLock.take(folder, 'up');
    const second = () => FolderLock.take(folder, 'embedded');
    expect(second).toThrow(CliError);
    expect(second).toThrow(new RegExp(`in use by \`rapport up\` \\(pid ${process.pid}, since \\d{4}-`));
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('is taken over from a process that no longer runs, with the processes that it left', () => {
    const children = [{ pid: 999_999_998, started: 'then' }];
    leave({ pid: 999_999_999, started: 'then', since: 'then', command: 'up', children });
    expect(FolderLock.take(folder, 'up').leftovers).toEqual(children);
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('is taken over when the pid of its holder belongs to a later process', () => {
    leave({ pid: self.pid, started: 'long ago', since: 'then', command: 'up', children: [] });
    FolderLock.take(folder, 'up');
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject(self);
  });

  it('is taken over when its file is torn', () => {
    writeFileSync(path(), '{"pid": 1');
    FolderLock.take(folder, 'up').release();
    expect(existsSync(path())).toBe(false);
  });

  it('keeps the noted processes for who takes over', () => {
    FolderLock.take(folder, 'up').noteChildren([self]);
    leave({ ...JSON.parse(readFileSync(path(), 'utf8')), started: 'long ago' });
    expect(FolderLock.take(folder, 'up').leftovers).toEqual([self]);
  });
});
