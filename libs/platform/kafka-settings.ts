import { type Environment, flag, optional, type Rule, read, SettingsError, webUrl } from './setting.js';

/** How the brokers are spoken to, and what the topics are made with. */
export interface KafkaSettings {
  tls?: TlsSettings;
  sasl?: SaslSettings;
  compression: Compression;
  /** Of topics that are made; the brokers' own default where it is not set. */
  replicationFactor?: number;
  minInsyncReplicas?: number;
}

export type Compression = (typeof compressions)[number];
const compressions = ['none', 'gzip'] as const;

/** Paths of PEM files. Without `ca` the system's authorities are trusted. */
export interface TlsSettings {
  ca?: string;
  cert?: string;
  key?: string;
}

export type SaslSettings =
  | { mechanism: 'plain'; username: string; password: string }
  | { mechanism: 'scram-sha-256'; username: string; password: string }
  | { mechanism: 'scram-sha-512'; username: string; password: string }
  | { mechanism: 'oauthbearer'; oauth: OauthSettings };

/** Where tokens are fetched by OAuth 2.0 client credentials. */
export interface OauthSettings {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
}

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

/** @throws SettingsError for the first that breaks its rule, or does not go with the others. */
export function kafkaSettings(env: Environment): KafkaSettings {
  const tls = tlsSettings(env);
  const sasl = saslSettings(env, tls !== undefined);
  if ((tls ?? sasl) !== undefined && !env.KAFKA_BROKERS) {
    throw new SettingsError('KAFKA_BROKERS', undefined, 'TLS and SASL go with it: the stand-in knows neither.');
  }
  const replicationFactor = read(env, 'KAFKA_REPLICATION_FACTOR', replicas);
  const minInsyncReplicas = read(env, 'KAFKA_MIN_INSYNC_REPLICAS', replicas);
  if (replicationFactor !== undefined && minInsyncReplicas !== undefined && minInsyncReplicas > replicationFactor) {
    const rule = `it must not be more than KAFKA_REPLICATION_FACTOR, ${replicationFactor}: nothing could be written.`;
    throw new SettingsError('KAFKA_MIN_INSYNC_REPLICAS', String(minInsyncReplicas), rule);
  }
  return {
    ...optional('tls', tls),
    ...optional('sasl', sasl),
    compression: read(env, 'KAFKA_COMPRESSION', compression) ?? 'none',
    ...optional('replicationFactor', replicationFactor),
    ...optional('minInsyncReplicas', minInsyncReplicas),
  };
}

function tlsSettings(env: Environment): TlsSettings | undefined {
  const isOn = read(env, 'KAFKA_TLS', flag) ?? false;
  const ca = read(env, 'KAFKA_TLS_CA', file);
  const cert = read(env, 'KAFKA_TLS_CERT', file);
  const key = read(env, 'KAFKA_TLS_KEY', file);
  if (!isOn) {
    refuseAny({ KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key }, 'it goes with KAFKA_TLS=1.');
    return undefined;
  }
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? 'KAFKA_TLS_CERT' : 'KAFKA_TLS_KEY';
    throw new SettingsError(missing, undefined, 'KAFKA_TLS_CERT and KAFKA_TLS_KEY go together.');
  }
  return { ...optional('ca', ca), ...optional('cert', cert), ...optional('key', key) };
}

function saslSettings(env: Environment, hasTls: boolean): SaslSettings | undefined {
  const mechanism = read(env, 'KAFKA_SASL_MECHANISM', saslMechanism);
  const username = read(env, 'KAFKA_SASL_USERNAME', text);
  const password = read(env, 'KAFKA_SASL_PASSWORD', secretText);
  const tokenUrl = read(env, 'KAFKA_OAUTH_TOKEN_URL', webUrl);
  const clientId = read(env, 'KAFKA_OAUTH_CLIENT_ID', text);
  const clientSecret = read(env, 'KAFKA_OAUTH_CLIENT_SECRET', secretText);
  const scope = read(env, 'KAFKA_OAUTH_SCOPE', text);
  const ofUser = { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password };
  const ofTokens = {
    KAFKA_OAUTH_TOKEN_URL: tokenUrl,
    KAFKA_OAUTH_CLIENT_ID: clientId,
    KAFKA_OAUTH_CLIENT_SECRET: clientSecret,
  };
  const takesTokens = mechanism === 'oauthbearer';
  if (mechanism === undefined || takesTokens) {
    refuseAny(ofUser, 'it goes with KAFKA_SASL_MECHANISM plain or scram-sha-….');
  }
  if (!takesTokens) {
    refuseAny({ ...ofTokens, KAFKA_OAUTH_SCOPE: scope }, 'it goes with KAFKA_SASL_MECHANISM=oauthbearer.');
  }
  if (mechanism === undefined) return undefined;
  if (!hasTls && !mechanism.startsWith('scram')) {
    throw new SettingsError(
      'KAFKA_TLS',
      undefined,
      `${mechanism} sends a secret that anybody could read: set it to 1.`,
    );
  }
  if (takesTokens) {
    requireAll(ofTokens, mechanism);
    const oauth = {
      tokenUrl: tokenUrl!,
      clientId: clientId!,
      clientSecret: clientSecret!,
      ...optional('scope', scope),
    };
    return { mechanism, oauth };
  }
  requireAll(ofUser, mechanism);
  return { mechanism, username: username!, password: password! } as SaslSettings;
}

function refuseAny(values: Record<string, string | undefined>, rule: string): void {
  const given = Object.entries(values).find(([, value]) => value !== undefined);
  if (given) throw new SettingsError(given[0], '***', rule);
}

function requireAll(values: Record<string, string | undefined>, mechanism: string): void {
  const missing = Object.entries(values).find(([, value]) => value === undefined);
  if (missing) throw new SettingsError(missing[0], undefined, `KAFKA_SASL_MECHANISM=${mechanism} needs it.`);
}

const saslMechanism: Rule<(typeof mechanisms)[number]> = {
  rule: `must be one of ${mechanisms.join(', ')}.`,
  parse: (given) => mechanisms.find((mechanism) => mechanism === given.toLowerCase()),
};

const compression: Rule<Compression> = {
  rule: `must be one of ${compressions.join(', ')}.`,
  parse: (given) => compressions.find((one) => one === given),
};

const file: Rule<string> = {
  rule: 'must be the path of a PEM file.',
  parse: (given) => (given.includes('\0') ? undefined : given),
};

const text: Rule<string> = {
  rule: 'must be 1 to 500 characters.',
  parse: (given) => (given.length <= 500 ? given : undefined),
};

const secretText: Rule<string> = {
  rule: 'must be 1 to 4000 characters.',
  secret: true,
  parse: (given) => (given.length <= 4_000 ? given : undefined),
};

const replicas: Rule<number> = {
  rule: 'must be a number of replicas, 1 to 99.',
  parse: (given) => (/^[1-9]\d?$/.test(given) ? Number(given) : undefined),
};
