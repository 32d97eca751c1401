import { readFileSync } from 'node:fs';

const LOOKS_EVERY_MS = 50;
/** What a process takes besides what its program keeps. */
const BESIDES_MEBIBYTES = 256;

/**
 * Tells when a process takes more memory than it may. The heap has a limit of its own, but what lies outside of it
 * (buffers) has none. Only on Linux, which tells what another process takes.
 */
export class MemoryWatch {
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pid: number | undefined,
    mebibytes: number,
    exceeded: () => void,
  ) {
    if (process.platform !== 'linux') return;
    this.timer = setInterval(() => {
      if (this.taken() > (mebibytes + BESIDES_MEBIBYTES) * 1024) exceeded();
    }, LOOKS_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** In KiB; none of a process that is gone. */
  private taken(): number {
    try {
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  }
}
