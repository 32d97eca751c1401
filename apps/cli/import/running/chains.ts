/** A task of a chain. When it throws, the whole run ends. */
export type Task = () => Promise<void>;

/**
 * Runs tasks one after another for each key and at the same time for different keys, a bounded number at once. The
 * caller waits when too many tasks are waiting: that is the back-pressure on the file.
 */
export class Chains {
  /** Tasks that wait for their turn, by key. A key that is here has a task running, or is ready. */
  private readonly waiting = new Map<string, Task[]>();
  private readonly ready: string[] = [];
  private running = 0;
  private pending = 0;
  private failure: { error: unknown } | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly atOnce: number,
    private readonly readAhead: number,
  ) {}

  /**
   * Adds a task to its key's chain, as soon as there is room.
   * @throws what a task has thrown.
   */
  async add(key: string, task: Task): Promise<void> {
    await this.until(() => this.pending < this.readAhead);
    this.pending++;
    const chain = this.waiting.get(key);
    if (chain) {
      chain.push(task);
      return;
    }
    this.waiting.set(key, [task]);
    this.ready.push(key);
    this.start();
  }

  /**
   * Waits until every task has run.
   * @throws what a task has thrown, when no other is running any more.
   */
  drain(): Promise<void> {
    return this.until(() => this.pending === 0);
  }

  private async until(reached: () => boolean): Promise<void> {
    while (this.failure ? this.running > 0 : !reached()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure) throw this.failure.error;
  }

  private start(): void {
    while (this.running < this.atOnce && this.ready.length > 0 && !this.failure) void this.runNext(this.ready.shift()!);
  }

  private async runNext(key: string): Promise<void> {
    this.running++;
    try {
      await this.waiting.get(key)!.shift()!();
    } catch (error) {
      this.failure ??= { error };
    }
    this.running--;
    this.pending--;
    if (this.waiting.get(key)!.length > 0) this.ready.push(key);
    else this.waiting.delete(key);
    this.start();
    this.wake?.();
  }
}
