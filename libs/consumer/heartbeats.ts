/**
 * Keeps the membership of a group alive while something takes its time, and tells it when it is lost.
 * @returns the error of a heartbeat, to be thrown when what is in hand is done.
 */
export async function whileBeating(
  heartbeat: () => Promise<void>,
  everyMs: number,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<Error | undefined> {
  let error: Error | undefined;
  const lost = new AbortController();
  const timer = setInterval(() => {
    heartbeat().catch((refused) => {
      error = refused;
      lost.abort();
    });
  }, everyMs);
  try {
    await work(lost.signal);
    return error;
  } finally {
    clearInterval(timer);
  }
}
