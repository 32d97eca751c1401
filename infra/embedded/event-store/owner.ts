import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same id. */
interface Owner {
  pid: number;
  started: string;
}

function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more; its parent just has not asked for it yet.
    return fields[0] === 'Z' ? undefined : `${boot}/${fields[19]}`;
  } catch {
    // No /proc on this system: the id alone must do.
    return '';
  }
}

export function ownRecord(): Buffer {
  const owner: Owner = { pid: process.pid, started: startOf(process.pid) ?? '' };
  return Buffer.from(JSON.stringify(owner));
}

/** The id of the process that wrote the record, if it still runs. */
export function livingOwner(record: Buffer): number | undefined {
  const owner = JSON.parse(record.toString()) as Owner;
  return startOf(owner.pid) === owner.started ? owner.pid : undefined;
}
