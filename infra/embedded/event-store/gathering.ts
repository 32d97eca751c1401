/** So long nobody may have come before the next batch goes without the rest. */
const QUIET_MS = 4;
/** So long the first of a batch waits for the others at most. */
const PATIENCE_MS = 12;

/**
 * Waits for those who were just answered, since they are likely to write again at once: a commit for all of them costs
 * hardly more than one for a few. One writer alone never waits for another.
 */
export class Gathering {
  private end: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private expected = 0;
  private began = 0;

  /** Resolves when `expected` are there, or when it is not worth waiting any longer. */
  wait(expected: number): Promise<void> {
    this.expected = expected;
    this.began = performance.now();
    return new Promise((resolve) => {
      this.timer = setTimeout(() => this.stop(), QUIET_MS);
      this.end = resolve;
    });
  }

  /** To be called for each one who comes, with the number of those who are there. */
  arrived(present: number): void {
    if (!this.end) return;
    if (present >= this.expected || performance.now() - this.began > PATIENCE_MS) this.stop();
    else this.timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.end?.();
    this.end = undefined;
  }
}
