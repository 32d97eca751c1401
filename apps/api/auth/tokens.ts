import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtSettings } from '#platform/settings.js';
import type { Credential } from './credential.js';
import { API_ROLES } from './roles.js';

/** The claim that says what the bearer may do. */
export const ROLE_CLAIM = 'rapport_role';
/** Signatures by a private key alone: a shared secret would let whoever can check a token make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCKS_DIFFER_SECONDS = 5;
/** What jose throws of the token itself; all else means that the keys could not be had. */
const TOKEN_ERRORS = [
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSMultipleMatchingKeys,
  errors.JWKSNoMatchingKey,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
];

/** A token that is none, or not one for this API. The message says why and holds nothing of the token. */
export class InvalidToken extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'InvalidToken';
  }
}

/** The keys of the issuer cannot be fetched at present, so no token can be checked. */
export class TokenKeysAway extends Error {
  constructor(cause: unknown) {
    super('The keys that sign tokens cannot be fetched at present. Try again.', { cause });
    this.name = 'TokenKeysAway';
  }
}

/** Checks tokens (JWT): signature, issuer, audience and time, and reads from their claims who sends the request. */
export class Tokens {
  private readonly keys: JWTVerifyGetKey;

  constructor(private readonly settings: JwtSettings) {
    this.keys = createRemoteJWKSet(new URL(settings.jwksUrl));
  }

  /** Whether it has the form of a token: a header, claims and a signature. */
  static looksLikeOne(text: string): boolean {
    return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
  }

  /** @throws InvalidToken, TokenKeysAway */
  async verify(token: string): Promise<Credential> {
    const { issuer, audience } = this.settings;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCKS_DIFFER_SECONDS,
        requiredClaims: ['exp', 'sub', ROLE_CLAIM],
      }));
    } catch (error) {
      if (TOKEN_ERRORS.some((type) => error instanceof type)) throw new InvalidToken((error as Error).message);
      throw new TokenKeysAway(error);
    }
    return credentialOf(issuer, payload);
  }
}

function credentialOf(issuer: string, payload: JWTPayload): Credential {
  const role = API_ROLES.find((known) => known === payload[ROLE_CLAIM]);
  if (role === undefined) throw new InvalidToken(`claim "${ROLE_CLAIM}" must be one of ${API_ROLES.join(', ')}`);
  const name = textClaim(payload, 'sub');
  if (name === undefined) throw new InvalidToken('claim "sub" must say who sends it');
  return {
    id: `jwt ${issuer} ${name}`,
    name,
    role,
    department: textClaim(payload, 'department'),
    outletId: textClaim(payload, 'outletId'),
    expiresAt: payload.exp,
  };
}

/** It goes into every event, so it must be text that every server stores. */
function textClaim(payload: JWTPayload, claim: string): string | undefined {
  const value = payload[claim];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[^\0]{1,200}$/s.test(value) && value.isWellFormed()) return value;
  throw new InvalidToken(`claim "${claim}" must be text of 1 to 200 characters`);
}
