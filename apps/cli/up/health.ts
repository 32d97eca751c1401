import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const sayAgainAfter = 30_000;

export interface Waiting {
  signal: AbortSignal;
  notice(line: string): void;
  /** What the processors say that do not run; health itself tells anybody who asks, and so leaves it out. */
  reasons(): Promise<string[]>;
  sayAgainAfterMs?: number;
}

/** Waits until the API says that it is ready, and tells now and then what it says instead, and why. */
export async function untilReady(api: string, waiting: Waiting): Promise<void> {
  const { signal, notice, reasons, sayAgainAfterMs = sayAgainAfter } = waiting;
  let told = performance.now();
  for (;;) {
    const answer = await ask(`${api}/health/ready`);
    if (answer.status === 200 || signal.aborted) return;
    if (performance.now() - told > sayAgainAfterMs) {
      told = performance.now();
      notice(`Not ready yet: ${answer.text}`);
      for (const reason of await Promise.race([reasons(), delay(5_000, [], { ref: false })])) notice(`  ${reason}`);
    }
    await delay(100);
  }
}

/** Without `fetch`, whose kept-alive connections would hold this process back when it wants to end. */
function ask(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 5_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => {
        const body = Buffer.concat(chunks).toString('utf8').replace(/\s+/g, ' ').slice(0, 500);
        resolve({ status: response.statusCode ?? 0, text: `${response.statusCode} ${body}` });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.on('error', (error) => resolve({ status: 0, text: error.message }));
  });
}
