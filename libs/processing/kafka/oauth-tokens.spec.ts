import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OauthTokens } from './oauth-tokens.js';

describe('tokens for SASL/OAUTHBEARER', () => {
  let now = 0;
  let answer: { status: number; body: object };
  const asked: { authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      asked.push({ authorization: request.headers.authorization, body });
      response.statusCode = answer.status;
      response.end(JSON.stringify({ access_token: `token-${asked.length}`, ...answer.body }));
    });
  });
  const tokens = () => {
    const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    return new OauthTokens({ tokenUrl, clientId: 'rapport', clientSecret: 's: ß', scope: 'kafka' }, () => now);
  };

  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));

  beforeEach(() => {
    now = 0;
    asked.length = 0;
    answer = { status: 200, body: { expires_in: 600 } };
  });

  afterAll(() => new Promise((done) => server.close(done)));

  it('are asked for by client credentials', async () => {
    expect(await tokens().current()).toBe('token-1');
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('rapport:s%3A%20%C3%9F').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=kafka',
      },
    ]);
  });

  it('are fetched once for all who ask, and again a minute before they end', async () => {
    const mine = tokens();
    expect(await Promise.all([mine.current(), mine.current()])).toEqual(['token-1', 'token-1']);
    now = 539_999;
    expect(await mine.current()).toBe('token-1');
    now = 540_000;
    expect(await mine.current()).toBe('token-2');
  });

  it('are used for half their life when it is short', async () => {
    answer.body = { expires_in: 60 };
    const mine = tokens();
    await mine.current();
    now = 29_999;
    expect(await mine.current()).toBe('token-1');
    now = 30_000;
    expect(await mine.current()).toBe('token-2');
  });

  it('say what the issuer answered when there is none, and are asked for again', async () => {
    const mine = tokens();
    answer = { status: 401, body: {} };
    await expect(mine.current()).rejects.toThrow('answered 401');
    answer = { status: 200, body: { access_token: '' } };
    await expect(mine.current()).rejects.toThrow('answered no token');
    answer = { status: 200, body: {} };
    expect(await mine.current()).toBe('token-3');
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
