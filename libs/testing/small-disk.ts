import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const MEGABYTES = 8;

/** A folder on a disk of its own that is soon full. */
export interface SmallDisk {
  folder: string;
  /** Why there is none: mounting takes root, and not every container lets it. */
  unavailable?: string;
  /** Makes room. */
  grow(): void;
  remove(): void;
}

/** @param folder an empty one, which it is mounted on. */
export function smallDisk(folder: string): SmallDisk {
  const mount = (...args: string[]) => execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const disk = {
    folder,
    grow: () => void mount('-o', `remount,size=${8 * MEGABYTES}m`, folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    mount('-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder);
  } catch (error) {
    return { ...disk, unavailable: (error as Error).message };
  }
  return {
    ...disk,
    remove: () => {
      execFileSync('umount', [folder]);
      disk.remove();
    },
  };
}

/** `it`, or `it.skip` with the reason printed. */
export function itOn({ unavailable }: SmallDisk): typeof it {
  if (unavailable === undefined) return it;
  process.stderr.write(`Not shown: no small disk is to be had. ${unavailable}\n`);
  return it.skip as typeof it;
}
