/** Wakes those that wait for new events. It carries no events: who is woken reads them from the store. */
export class Hub {
  private readonly sleepers = new Map<string, Set<() => void>>();

  /** Resolves at the next commit to the stream (`$all`: at any commit), or when the signal aborts. */
  next(stream: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleepers = this.sleepers.get(stream) ?? new Set();
      this.sleepers.set(stream, sleepers);
      const wake = () => {
        signal.removeEventListener('abort', wake);
        sleepers.delete(wake);
        if (sleepers.size === 0 && this.sleepers.get(stream) === sleepers) this.sleepers.delete(stream);
        resolve();
      };
      sleepers.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  wake(streams: Iterable<string>): void {
    for (const stream of streams) for (const wake of [...(this.sleepers.get(stream) ?? [])]) wake();
  }
}
