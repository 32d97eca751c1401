import { LRUCache } from 'lru-cache';

/** Somebody sends more than they may. */
export class TooManyRequests extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many requests. Try again after ${retryAfterSeconds} s.`);
    this.name = 'TooManyRequests';
  }
}

/** How many senders are remembered: whoever has been quiet for longer than others starts anew. */
const REMEMBERED = 10_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * So many requests a second of each sender, as a bucket of tokens: a burst as large as a second's worth is let through,
 * and what was not used for longer than that is lost. Each API process counts for itself.
 */
export class RateLimit {
  private readonly buckets = new LRUCache<string, { tokens: number; at: number }>({ max: REMEMBERED });

  /** @param perSecond 0: no limit. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts one request. @throws TooManyRequests */
  take(sender: string): void {
    if (this.perSecond === 0) return;
    const now = this.now();
    const bucket = this.buckets.get(sender) ?? { tokens: this.perSecond, at: now };
    const tokens = Math.min(this.perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    if (tokens < 1) throw new TooManyRequests(RETRY_AFTER_SECONDS);
    this.buckets.set(sender, { tokens: tokens - 1, at: now });
  }
}
