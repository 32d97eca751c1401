import type { OauthSettings } from '#platform/kafka-settings.js';

/** A token is fetched anew this long before it ends, or after half its life where that is shorter. */
const MARGIN_MS = 60_000;
const ANSWER_MS = 10_000;
/** Of a token whose issuer does not say how long it lives (RFC 6749 recommends that it does). */
const UNKNOWN_LIFE_S = 300;

/** Tokens for SASL/OAUTHBEARER by OAuth 2.0 client credentials (RFC 6749, 4.4): one at a time, fetched before it ends. */
export class OauthTokens {
  private fetched: { token: string; usedUntil: number } | undefined;
  private fetching: Promise<string> | undefined;

  constructor(
    private readonly settings: OauthSettings,
    private readonly now: () => number = Date.now,
  ) {}

  /** A token that holds for a while yet. @throws Error saying what the issuer answered, never a secret. */
  current(): Promise<string> {
    if (this.fetched && this.now() < this.fetched.usedUntil) return Promise.resolve(this.fetched.token);
    // All connections ask when they open: one request serves them.
    this.fetching ??= this.fetch().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetch(): Promise<string> {
    const { tokenUrl, clientId, clientSecret, scope } = this.settings;
    const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const asked = this.now();
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`The issuer of Kafka's tokens answered ${answer.status}.`);
    const { access_token: token, expires_in: lifeS = UNKNOWN_LIFE_S } = (await answer.json()) as {
      access_token?: unknown;
      expires_in?: number;
    };
    if (typeof token !== 'string' || token === '') throw new Error("The issuer of Kafka's tokens answered no token.");
    const lifeMs = 1_000 * lifeS;
    this.fetched = { token, usedUntil: asked + Math.max(lifeMs - MARGIN_MS, lifeMs / 2) };
    return token;
  }
}
