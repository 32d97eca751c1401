import { PublishedFields } from '#contracts/published-fields.js';

/** A setting breaks its rule. The message is one line that names the variable, its value (secrets masked) and the rule. */
export class SettingsError extends Error {
  constructor(
    readonly variable: string,
    /** The value as it may be shown, or undefined where the variable is not set. */
    readonly shown: string | undefined,
    readonly rule: string,
  ) {
    super(`${variable} ${shown === undefined ? 'is not set' : `is ${JSON.stringify(shown)}`}: ${rule}`);
    this.name = 'SettingsError';
  }
}

export type LogLevel = (typeof logLevels)[number];
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface Settings {
  eventStoreUrl?: string;
  kafkaBrokers?: string[];
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

/** An environment: what `process.env` is. Empty counts as not set, as compose files write it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks every setting of the system. Pure: the same environment gives the same settings.
 * @throws SettingsError for the first one that breaks its rule.
 */
export function readSettings(env: Environment): Settings {
  return {
    ...optional('eventStoreUrl', read(env, 'EVENTSTORE_URL', eventStoreUrl)),
    ...optional('kafkaBrokers', read(env, 'KAFKA_BROKERS', brokerList)),
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

/** The parsed value, or undefined when the text breaks the rule. */
interface Rule<T> {
  rule: string;
  secret?: boolean;
  parse(text: string): T | undefined;
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

const webUrl: Rule<string> = {
  rule: 'must be https://HOST/PATH (or http://).',
  parse: (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined),
};

const rateLimit: Rule<number> = {
  rule: 'must be a whole number of requests a second, 0 to 1000000; 0 sets no limit.',
  parse: (text) => (/^\d{1,7}$/.test(text) && Number(text) <= 1_000_000 ? Number(text) : undefined),
};

const workerId: Rule<string> = {
  rule: 'must be a UUID in lower case.',
  parse: (text) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined),
};

const personalFields: Rule<PublishedFields> = {
  rule: 'must be a list EVENT.FIELD[,EVENT.FIELD …] of fields that docs/events.md marks as personal, as ContactPointAdded.value.',
  parse: (text) => PublishedFields.parse(text),
};

const flag: Rule<boolean> = {
  rule: 'must be 1 or 0.',
  parse: (text) => (text === '1' ? true : text === '0' ? false : undefined),
};

function read<T>(env: Environment, variable: string, { rule, secret, parse }: Rule<T>): T | undefined {
  const text = env[variable];
  if (text === undefined || text === '') return undefined;
  const value = parse(text);
  if (value === undefined) throw new SettingsError(variable, secret ? '***' : maskPassword(text), rule);
  return value;
}

function optional<Key extends string, T>(key: Key, value: T | undefined): { [K in Key]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: T });
}

function isPort(text: string, least: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535;
}

/**
 * The text with the password of a URL masked: what may be shown of a connection setting. It goes by the text, not by
 * the parsed URL, because a URL that does not parse has a password too.
 */
export function maskPassword(text: string): string {
  return text.replace(/(:\/\/[^:@/?#]*:).*@/s, '$1***@').replace(/([?&]password=)[^&]*/gi, '$1***');
}
