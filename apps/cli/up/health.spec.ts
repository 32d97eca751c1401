import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilReady } from './health.js';

describe('waiting for the API', () => {
  it('tells what the processors say that keep it from getting ready, and ends when it is', async () => {
    const notices: string[] = [];
    const server = createServer((_request, response) => {
      response.statusCode = notices.length === 0 ? 503 : 200;
      response.end('{"ready": false}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    await untilReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      signal: new AbortController().signal,
      notice: (line) => notices.push(line),
      reasons: async () => ['publisher: stopped: another store'],
      sayAgainAfterMs: 50,
    });
    server.close();
    expect(notices).toEqual(['Not ready yet: 503 {"ready": false}', '  publisher: stopped: another store']);
  });
});
