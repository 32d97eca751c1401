import { PublishedFields } from '#contracts/published-fields.js';
import { SettingsError } from './setting.js';
import { readSettings, requireSettings } from './settings.js';

const key = Buffer.alloc(32, 7).toString('base64');

function refusal(env: Record<string, string>): SettingsError {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(env)} was not refused.`);
}

describe('the settings', () => {
  it('have defaults for everything but the servers', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      data: '.rapport',
      logLevel: 'info',
      rateLimit: 1_000,
      kafka: { compression: 'none' },
      republish: false,
      workerPort: 0,
      workerHost: '127.0.0.1',
      stuckAfterMs: 30_000,
      source: 'event-store',
      supervised: false,
    });
  });

  it('take an empty variable as not set', () => {
    expect(readSettings({ KAFKA_BROKERS: '', RAPPORT_PORT: '' })).toEqual(readSettings({}));
  });

  it('are read from the environment', () => {
    expect(
      readSettings({
        EVENTSTORE_URL: 'esdb://admin:changeit@a:2113,b:2113?tls=false',
        KAFKA_BROKERS: 'one:9092, [::1]:9093',
        DATABASE_URL: 'postgres://u:p@h:5432/d',
        RAPPORT_PORT: '0',
        RAPPORT_HOST: '::',
        RAPPORT_DATA: '/var/lib/rapport',
        RAPPORT_BUSINESS_DATE: '2024-02-29',
        RAPPORT_LOG_LEVEL: 'debug',
        RAPPORT_MASTER_KEY: key,
        RAPPORT_API_KEY: 'k'.repeat(16),
        RAPPORT_JWT_ISSUER: 'https://id.example.org/',
        RAPPORT_JWT_AUDIENCE: 'rapport',
        RAPPORT_JWT_JWKS_URL: 'https://id.example.org/jwks.json',
        RAPPORT_RATE_LIMIT: '0',
        RAPPORT_WORKER_PORT: '3001',
        RAPPORT_WORKER_HOST: '0.0.0.0',
        RAPPORT_STUCK_AFTER: '5',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        RAPPORT_PUBLISH_PERSONAL: 'ContactPointAdded.value',
        RAPPORT_SOURCE: 'kafka',
        RAPPORT_SUPERVISED: '1',
      }),
    ).toEqual({
      eventStoreUrl: 'esdb://admin:changeit@a:2113,b:2113?tls=false',
      kafka: { compression: 'none' },
      republish: false,
      kafkaBrokers: ['one:9092', '[::1]:9093'],
      databaseUrl: 'postgres://u:p@h:5432/d',
      port: 0,
      host: '::',
      data: '/var/lib/rapport',
      businessDate: '2024-02-29',
      logLevel: 'debug',
      masterKey: Buffer.alloc(32, 7),
      apiKey: 'k'.repeat(16),
      jwt: {
        issuer: 'https://id.example.org/',
        audience: 'rapport',
        jwksUrl: 'https://id.example.org/jwks.json',
      },
      rateLimit: 0,
      workerPort: 3001,
      workerHost: '0.0.0.0',
      stuckAfterMs: 5_000,
      otlpEndpoint: 'http://collector:4318',
      publishPersonal: PublishedFields.parse('ContactPointAdded.value'),
      source: 'kafka',
      supervised: true,
    });
  });

  it.each([
    ['EVENTSTORE_URL', 'http://localhost:2113'],
    ['EVENTSTORE_URL', 'esdb://'],
    ['EVENTSTORE_URL', 'esdb://localhost:70000'],
    ['EVENTSTORE_URL', 'esdb://local host:2113'],
    ['KAFKA_BROKERS', 'localhost'],
    ['KAFKA_BROKERS', 'localhost:9092,'],
    ['KAFKA_BROKERS', 'kafka://localhost:9092'],
    ['KAFKA_BROKERS', 'localhost:0'],
    ['DATABASE_URL', 'mysql://h/d'],
    ['DATABASE_URL', 'postgres://h:5432'],
    ['DATABASE_URL', 'h:5432/d'],
    ['RAPPORT_WORKER_ID', 'worker-1'],
    ['RAPPORT_PORT', '65536'],
    ['RAPPORT_PORT', '30x'],
    ['RAPPORT_PORT', '-1'],
    ['RAPPORT_HOST', 'a b'],
    ['RAPPORT_BUSINESS_DATE', '1998-02-30'],
    ['RAPPORT_BUSINESS_DATE', '1998-6-30'],
    ['RAPPORT_BUSINESS_DATE', 'yesterday'],
    ['RAPPORT_LOG_LEVEL', 'loud'],
    ['RAPPORT_JWT_ISSUER', 'my issuer'],
    ['RAPPORT_JWT_JWKS_URL', 'id.example.org/jwks.json'],
    ['RAPPORT_RATE_LIMIT', '-1'],
    ['RAPPORT_RATE_LIMIT', '1e3'],
    ['RAPPORT_WORKER_PORT', '-1'],
    ['RAPPORT_STUCK_AFTER', '0'],
    ['RAPPORT_STUCK_AFTER', '86401'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['RAPPORT_PUBLISH_PERSONAL', 'ContactPointAdded.valeu'],
    ['RAPPORT_SOURCE', 'topic'],
    ['RAPPORT_SUPERVISED', 'yes'],
  ])('refuse %s=%s in one line that names the variable and the value', (variable, value) => {
    const error = refusal({ [variable]: value });
    expect(error.variable).toBe(variable);
    expect(error.message).toContain(variable);
    expect(error.message).toContain(value);
    expect(error.message).not.toContain('\n');
  });

  it('take tokens by all three of their settings or none, and name the first that is missing', () => {
    const error = refusal({ RAPPORT_JWT_ISSUER: 'https://id.example.org/', RAPPORT_JWT_JWKS_URL: 'http://h/jwks' });
    expect(error.message).toMatch(/^RAPPORT_JWT_AUDIENCE is not set: it goes with/);
  });

  it.each([
    ['RAPPORT_MASTER_KEY', 'dG9vIHNob3J0'],
    ['RAPPORT_MASTER_KEY', `${key.slice(0, -2)}!=`],
    ['RAPPORT_API_KEY', 'short'],
  ])('never show the secret of %s', (variable, secret) => {
    expect(refusal({ [variable]: secret }).message).not.toContain(secret);
  });

  it('never show a password, not even one of a URL that does not parse', () => {
    for (const url of ['mysql://user:hunter2@h/d', 'postgres://user:hun@ter2@h:999999/d', 'http:// :hunter2@ '])
      expect(refusal({ DATABASE_URL: url }).message).not.toContain('ter2');
    expect(refusal({ DATABASE_URL: 'mysql://h/d?password=hunter2' }).message).not.toContain('hunter2');
  });

  it('can be required, and say which one is not set', () => {
    const settings = readSettings({ DATABASE_URL: 'postgres://h/d' });
    expect(requireSettings(settings, 'databaseUrl').databaseUrl).toBe('postgres://h/d');
    expect(() => requireSettings(settings, 'databaseUrl', 'kafkaBrokers')).toThrow(/^KAFKA_BROKERS is not set/);
  });
});
