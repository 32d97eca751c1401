import { PublishedFields } from '#contracts/published-fields.js';
import { type KafkaSettings, kafkaSettings } from './kafka-settings.js';
import { type Environment, flag, isPort, optional, type Rule, read, SettingsError, webUrl } from './setting.js';

export type LogLevel = (typeof logLevels)[number];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Where a worker takes the events of its views from. */
export type Source = (typeof sources)[number];
const sources = ['event-store', 'kafka'] as const;

export interface Settings {
  eventStoreUrl?: string;
  kafkaBrokers?: string[];
  kafka: KafkaSettings;
  /** Publish everything again where the topics hold messages and the position is lost. */
  republish: boolean;
  databaseUrl?: string;
  /** Where the API listens; 0 lets the system choose. */
  port: number;
  host: string;
  /** The data folder, as given. */
  data: string;
  /** Today for rules, policies and timers, where it is pinned. */
  businessDate?: string;
  logLevel: LogLevel;
  /** Wraps the keys of personal data. */
  masterKey?: Buffer;
  apiKey?: string;
  /** Where tokens come from, where they are taken besides API keys. */
  jwt?: JwtSettings;
  /** Requests a second of one credential; 0: as many as it likes. */
  rateLimit: number;
  /** Who a worker is: the same before and after a restart. Left out, it is somebody new each time. */
  workerId?: string;
  /** Where a worker is looked at: health and metrics. */
  workerPort: number;
  workerHost: string;
  /** After how long without a step a processor counts as stuck. */
  stuckAfterMs: number;
  /** Where traces are sent by OTLP over HTTP; left out, none are recorded. */
  otlpEndpoint?: string;
  /** Where a worker's views that are split by customers take their events from; everything else reads `$all`. */
  source: Source;
  /** Personal data that are published all the same. */
  publishPersonal?: PublishedFields;
  /** Stop when standard input ends: the parent that held its other end is gone. */
  supervised: boolean;
}

/** Whose tokens (JWT) are taken, for whom they must be, and where the keys are that signed them. */
export interface JwtSettings {
  issuer: string;
  audience: string;
  jwksUrl: string;
}

/**
 * Reads and checks every setting of the system. Pure: the same environment gives the same settings.
 * @throws SettingsError for the first one that breaks its rule.
 */
export function readSettings(env: Environment): Settings {
  return {
    ...optional('eventStoreUrl', read(env, 'EVENTSTORE_URL', eventStoreUrl)),
    ...optional('kafkaBrokers', read(env, 'KAFKA_BROKERS', brokerList)),
    kafka: kafkaSettings(env),
    republish: read(env, 'RAPPORT_REPUBLISH', flag) ?? false,
    ...optional('databaseUrl', read(env, 'DATABASE_URL', databaseUrl)),
    port: read(env, 'RAPPORT_PORT', port) ?? 3000,
    host: read(env, 'RAPPORT_HOST', host) ?? '127.0.0.1',
    data: read(env, 'RAPPORT_DATA', folder) ?? '.rapport',
    ...optional('businessDate', read(env, 'RAPPORT_BUSINESS_DATE', calendarDate)),
    logLevel: read(env, 'RAPPORT_LOG_LEVEL', logLevel) ?? 'info',
    ...optional('masterKey', read(env, 'RAPPORT_MASTER_KEY', masterKey)),
    ...optional('apiKey', read(env, 'RAPPORT_API_KEY', apiKey)),
    ...optional('jwt', jwtSettings(env)),
    rateLimit: read(env, 'RAPPORT_RATE_LIMIT', rateLimit) ?? 1_000,
    ...optional('workerId', read(env, 'RAPPORT_WORKER_ID', workerId)),
    workerPort: read(env, 'RAPPORT_WORKER_PORT', port) ?? 0,
    workerHost: read(env, 'RAPPORT_WORKER_HOST', host) ?? '127.0.0.1',
    stuckAfterMs: (read(env, 'RAPPORT_STUCK_AFTER', seconds) ?? 30) * 1_000,
    ...optional('otlpEndpoint', read(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', webUrl)),
    source: read(env, 'RAPPORT_SOURCE', source) ?? 'event-store',
    ...optional('publishPersonal', read(env, 'RAPPORT_PUBLISH_PERSONAL', personalFields)),
    supervised: read(env, 'RAPPORT_SUPERVISED', flag) ?? false,
  };
}

/** All three or none: a token that is checked by halves would be worse than none. */
function jwtSettings(env: Environment): JwtSettings | undefined {
  const issuer = read(env, 'RAPPORT_JWT_ISSUER', claimText);
  const audience = read(env, 'RAPPORT_JWT_AUDIENCE', claimText);
  const jwksUrl = read(env, 'RAPPORT_JWT_JWKS_URL', webUrl);
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined;
  if (issuer !== undefined && audience !== undefined && jwksUrl !== undefined) return { issuer, audience, jwksUrl };
  const given = { RAPPORT_JWT_ISSUER: issuer, RAPPORT_JWT_AUDIENCE: audience, RAPPORT_JWT_JWKS_URL: jwksUrl };
  const missing = Object.entries(given).find(([, value]) => value === undefined)!;
  throw new SettingsError(missing[0], undefined, `it goes with the others of ${Object.keys(given).join(', ')}.`);
}

const variables = {
  eventStoreUrl: 'EVENTSTORE_URL',
  kafkaBrokers: 'KAFKA_BROKERS',
  databaseUrl: 'DATABASE_URL',
  businessDate: 'RAPPORT_BUSINESS_DATE',
  masterKey: 'RAPPORT_MASTER_KEY',
  apiKey: 'RAPPORT_API_KEY',
} as const;

/**
 * Settings with those that a process cannot do without.
 * @throws SettingsError naming the first that is not set.
 */
export function requireSettings<Key extends keyof typeof variables>(
  settings: Settings,
  ...keys: Key[]
): Settings & Required<Pick<Settings, Key>> {
  for (const key of keys) {
    if (settings[key] === undefined)
      throw new SettingsError(variables[key], undefined, '`rapport up` sets it; set it when you start this by hand.');
  }
  return settings as Settings & Required<Pick<Settings, Key>>;
}

const eventStoreUrl: Rule<string> = {
  rule: 'must be esdb://HOST:PORT[?tls=false] (or esdb+discover://HOST).',
  parse: (text) =>
    /^esdb(\+discover)?:\/\/([^\s@/?#]+@)?[^\s@/?#,:]+(:\d+)?(,[^\s@/?#,:]+(:\d+)?)*\/?(\?\S*)?$/.test(text) &&
    [...(text.replace(/^[^:]*:\/\/([^@/]*@)?/, '').split(/[/?]/)[0] ?? '').matchAll(/:(\d+)/g)].every(([, n]) =>
      isPort(n!, 1),
    )
      ? text
      : undefined,
};

const brokerList: Rule<string[]> = {
  rule: 'must be a list HOST:PORT[,HOST:PORT …].',
  parse: (text) => {
    const brokers = text.split(',').map((broker) => broker.trim());
    const well = brokers.every((broker) => {
      const parts = /^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\]):(\d+)$/.exec(broker);
      return parts !== null && isPort(parts[1]!, 1);
    });
    return well ? brokers : undefined;
  },
};

const databaseUrl: Rule<string> = {
  rule: 'must be postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
  parse: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const well = url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.pathname.length > 1;
    return well ? text : undefined;
  },
};

const port: Rule<number> = {
  rule: 'must be a port, 0 to 65535.',
  parse: (text) => (isPort(text, 0) ? Number(text) : undefined),
};

const host: Rule<string> = {
  rule: 'must be a host name or an address to listen on.',
  parse: (text) => (/^([A-Za-z0-9._-]+|[0-9a-fA-F:.]+)$/.test(text) ? text : undefined),
};

const folder: Rule<string> = {
  rule: 'must be the path of a folder.',
  parse: (text) => (text.includes('\0') ? undefined : text),
};

const calendarDate: Rule<string> = {
  rule: 'must be a date YYYY-MM-DD of the calendar.',
  parse: (text) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
    // Date.parse takes 1998-02-31 for 3 March on some engines: only what comes back the same is a date.
    const date = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
  },
};

const logLevel: Rule<LogLevel> = {
  rule: `must be one of ${logLevels.join(', ')}.`,
  parse: (text) => logLevels.find((level) => level === text),
};

const masterKey: Rule<Buffer> = {
  rule: 'must be 32 random bytes in base64 (`openssl rand -base64 32`).',
  secret: true,
  parse: (text) => {
    const key = Buffer.from(text, 'base64');
    // Buffer.from skips what is not base64 without a word: a mistyped key must not become another key.
    return key.length === 32 && key.toString('base64') === text ? key : undefined;
  },
};

const apiKey: Rule<string> = {
  rule: 'must be 16 to 200 visible ASCII characters without spaces.',
  secret: true,
  parse: (text) => (/^[\x21-\x7e]{16,200}$/.test(text) ? text : undefined),
};

const claimText: Rule<string> = {
  rule: 'must be 1 to 500 visible ASCII characters, as the token says it.',
  parse: (text) => (/^[\x21-\x7e]{1,500}$/.test(text) ? text : undefined),
};

const rateLimit: Rule<number> = {
  rule: 'must be a whole number of requests a second, 0 to 1000000; 0 sets no limit.',
  parse: (text) => (/^\d{1,7}$/.test(text) && Number(text) <= 1_000_000 ? Number(text) : undefined),
};

const seconds: Rule<number> = {
  rule: 'must be a whole number of seconds, 1 to 86400.',
  parse: (text) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 86_400 ? Number(text) : undefined),
};

const workerId: Rule<string> = {
  rule: 'must be a UUID in lower case.',
  parse: (text) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined),
};

const source: Rule<Source> = {
  rule: `must be one of ${sources.join(', ')}.`,
  parse: (text) => sources.find((known) => known === text),
};

const personalFields: Rule<PublishedFields> = {
  rule: 'must be a list EVENT.FIELD[,EVENT.FIELD …] of fields that docs/events.md marks as personal, as ContactPointAdded.value.',
  parse: (text) => PublishedFields.parse(text),
};
