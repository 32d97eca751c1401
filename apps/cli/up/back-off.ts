export interface BackOffOptions {
  firstMs: number;
  longestMs: number;
  /** Who ran this long is taken for healthy: the next delay is the first again. */
  healthyAfterMs: number;
}

/** How long to wait before a process that died is started again: twice as long each time, up to a limit. */
export class BackOff {
  private deaths = 0;

  constructor(private readonly options: BackOffOptions = { firstMs: 200, longestMs: 15_000, healthyAfterMs: 20_000 }) {}

  /** The delay after a process died that had run so long. */
  next(ranMs: number): number {
    const { firstMs, longestMs, healthyAfterMs } = this.options;
    if (ranMs >= healthyAfterMs) this.deaths = 0;
    return Math.min(longestMs, firstMs * 2 ** this.deaths++);
  }
}
