import autocannon from 'autocannon';

export interface Load {
  url: string;
  apiKey: string;
  connections: number;
  seconds: number;
  method?: 'GET' | 'POST';
  body?: object;
  /** The path of the n-th request of a connection. */
  path: (n: number) => string;
}

export interface Answered {
  perSecond: number;
  p99Ms: number;
}

/**
 * Sends requests for some seconds, each connection its next one when the last was answered.
 * @throws Error when anything but a success was answered: then nothing was measured.
 */
export async function answered({
  url,
  apiKey,
  connections,
  seconds,
  method = 'GET',
  body,
  path,
}: Load): Promise<Answered> {
  let n = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method,
        ...(body && { body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, path: path(n++) }),
      },
    ],
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${path(0)} failed.`);
  return { perSecond: result.requests.total / result.duration, p99Ms: result.latency.p99 };
}
