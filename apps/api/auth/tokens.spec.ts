import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, SignJWT } from 'jose';
import { TokenKeysAway, Tokens } from './tokens.js';

async function aToken(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey);
}

const tokensOf = (jwksUrl: string) => new Tokens({ issuer: 'https://id.example.org/', audience: 'rapport', jwksUrl });

describe('tokens', () => {
  it('cannot be checked, which is not the fault of who sends one, while the keys cannot be reached', async () => {
    await expect(tokensOf('http://127.0.0.1:1/jwks.json').verify(await aToken())).rejects.toThrow(TokenKeysAway);
  });

  it.each([
    [500, 'Sorry'],
    [200, '<html>'],
    [200, '{"keys": 1}'],
  ])('nor while their place answers %s with %s', async (status, body) => {
    const server = createServer((_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      await expect(tokensOf(`http://127.0.0.1:${port}/`).verify(await aToken())).rejects.toThrow(TokenKeysAway);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    ['eyJhbGciOiJFUzI1NiJ9.e30.c2ln', true],
    ['eyJhbGciOiJub25lIn0.e30.', true],
    ['k'.repeat(43), false],
    ['my.api.key-of-sixteen', false],
  ])('are told from API keys: %s %s', (text, isOne) => expect(Tokens.looksLikeOne(text)).toBe(isOne));
});
