/** Where the present comes from: the only clock reads outside of infrastructure. */
export interface Clock {
  /** The present instant, RFC 3339 UTC. */
  now(): string;
  /** Today for rules, policies and timers: `YYYY-MM-DD`. */
  businessDate(): string;
  /** Up to which instant timers are due: the present, or the end of a pinned day. */
  dueBy(): string;
}

/**
 * The system's clock. A pinned business date moves the present to that day and keeps the time of day: what is
 * recorded without a time of its own then happened on the pinned day.
 */
export function systemClock(pinned?: string): Clock {
  const now = () => {
    const instant = new Date().toISOString();
    return pinned === undefined ? instant : `${pinned}${instant.slice(10)}`;
  };
  return {
    now,
    businessDate: () => pinned ?? now().slice(0, 10),
    dueBy: () => (pinned === undefined ? now() : `${pinned}T23:59:59.999Z`),
  };
}
