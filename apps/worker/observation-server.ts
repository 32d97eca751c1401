import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exposedMetrics, METRICS_TYPE } from '#platform/telemetry/metrics.js';
import { toHealthAnswer } from '#processing/health/health-answer.js';
import { isWell, type ProcessorsHealth } from '#processing/health/processor-health.js';
import { tellProcessors } from '#processing/health/processor-metrics.js';

/** What there is to look at once the worker has started. */
export interface Observed {
  health(): Promise<ProcessorsHealth>;
}

/**
 * Where a worker is looked at: `/health`, `/health/live`, `/health/ready` and `/metrics`, without a credential. It answers
 * from the first moment on, and of what the worker knows itself: no server has to be there for it.
 */
export class ObservationServer {
  private observed: Observed | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0];
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const answer = isRead ? this.answer(path, response) : Promise.resolve(send(response, 405, {}));
      answer.catch(() => send(response, 500, {}));
    });
  }

  /** @returns the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on there is something to look at. */
  observe(observed: Observed): void {
    this.observed = observed;
  }

  async close(): Promise<void> {
    this.observed = undefined;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(path: string | undefined, response: ServerResponse): Promise<void> {
    if (path === '/health/live') return send(response, 200, { live: true });
    const health = await this.observed?.health();
    const states = health?.processors.map(({ name, state }) => [name, state] as const) ?? [];
    const ready = health !== undefined && states.every(([, state]) => isWell(state));
    if (path === '/health/ready')
      return send(response, ready ? 200 : 503, { ready, processors: Object.fromEntries(states) });
    if (path === '/health')
      return send(response, 200, { ready, ...toHealthAnswer(health ?? { head: null, processors: [] }) });
    if (path !== '/metrics') return send(response, 404, {});
    if (health) tellProcessors(health);
    response.writeHead(200, { 'content-type': METRICS_TYPE }).end(await exposedMetrics());
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
