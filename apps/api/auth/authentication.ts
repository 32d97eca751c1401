import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKeys } from './api-keys.js';
import type { Credential } from './credential.js';
import { InvalidToken, Tokens } from './tokens.js';

/** No valid credential came with the request. */
export class NotAuthenticated extends Error {
  constructor(
    message: string,
    /** What `WWW-Authenticate` answers. */
    readonly challenge: string,
  ) {
    super(message);
    this.name = 'NotAuthenticated';
  }
}

const REALM = 'Bearer realm="rapport"';
const ASK = 'Send a valid API key: `Authorization: Bearer KEY` or `X-API-Key: KEY`';

/** Finds out who sends a request: by an API key, or by a token where tokens are taken. */
export class Authentication {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly tokens: Tokens | undefined,
  ) {}

  /** @throws NotAuthenticated, TokenKeysAway */
  async authenticate(headers: IncomingHttpHeaders): Promise<Credential> {
    const given = givenBy(headers);
    if (given === undefined) {
      throw new NotAuthenticated(`${ASK}${this.tokens ? ', or a token in place of KEY' : ''}.`, REALM);
    }
    if (this.tokens && Tokens.looksLikeOne(given)) return this.verify(this.tokens, given);
    const credential = await this.apiKeys.find(given);
    if (credential) return credential;
    throw new NotAuthenticated(`${ASK}. This one is unknown, or was revoked.`, `${REALM}, error="invalid_token"`);
  }

  /** Whether a credential that was taken once is still good: for answers that go on for hours. */
  async isStillValid({ id, expiresAt }: Credential): Promise<boolean> {
    if (expiresAt !== undefined) return Date.now() < expiresAt * 1000;
    return (await this.apiKeys.findById(id)) !== undefined;
  }

  private async verify(tokens: Tokens, token: string): Promise<Credential> {
    try {
      return await tokens.verify(token);
    } catch (error) {
      if (!(error instanceof InvalidToken)) throw error;
      const description = error.message.replace(/["\\]|[^\x20-\x7e]/g, "'");
      throw new NotAuthenticated(
        `The token is not valid: ${error.message}.`,
        `${REALM}, error="invalid_token", error_description="${description}"`,
      );
    }
  }
}

function givenBy(headers: IncomingHttpHeaders): string | undefined {
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string') return apiKey;
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
