import { kafkaSettings } from './kafka-settings.js';

const brokers = { KAFKA_BROKERS: 'one:9092' };
const tls = { ...brokers, KAFKA_TLS: '1' };
const user = { KAFKA_SASL_USERNAME: 'rapport', KAFKA_SASL_PASSWORD: 'secret' };
const client = {
  KAFKA_OAUTH_TOKEN_URL: 'https://id.example.org/token',
  KAFKA_OAUTH_CLIENT_ID: 'rapport',
  KAFKA_OAUTH_CLIENT_SECRET: 'secret',
};

describe('the settings of Kafka', () => {
  it('are plain connections and no compression unless told', () => {
    expect(kafkaSettings({})).toEqual({ compression: 'none' });
  });

  it('take TLS with the system authorities, or with own ones and a client certificate', () => {
    expect(kafkaSettings(tls)).toMatchObject({ tls: {} });
    expect(
      kafkaSettings({ ...tls, KAFKA_TLS_CA: 'ca.pem', KAFKA_TLS_CERT: 'cert.pem', KAFKA_TLS_KEY: 'key.pem' }),
    ).toMatchObject({ tls: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } });
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'scram-sha-512'])('take a user by %s', (mechanism) => {
    expect(kafkaSettings({ ...tls, ...user, KAFKA_SASL_MECHANISM: mechanism })).toMatchObject({
      sasl: { mechanism: mechanism.toLowerCase(), username: 'rapport', password: 'secret' },
    });
  });

  it('take tokens by OAUTHBEARER', () => {
    const env = { ...tls, ...client, KAFKA_SASL_MECHANISM: 'OAUTHBEARER', KAFKA_OAUTH_SCOPE: 'kafka' };
    expect(kafkaSettings(env)).toMatchObject({
      sasl: {
        mechanism: 'oauthbearer',
        oauth: {
          tokenUrl: 'https://id.example.org/token',
          clientId: 'rapport',
          clientSecret: 'secret',
          scope: 'kafka',
        },
      },
    });
  });

  it('tell what topics are made with', () => {
    const env = { KAFKA_REPLICATION_FACTOR: '3', KAFKA_MIN_INSYNC_REPLICAS: '2', KAFKA_COMPRESSION: 'gzip' };
    expect(kafkaSettings(env)).toEqual({ replicationFactor: 3, minInsyncReplicas: 2, compression: 'gzip' });
  });

  it.each([
    [{ KAFKA_TLS: '1' }, 'KAFKA_BROKERS is not set: TLS and SASL go with it'],
    [{ ...brokers, KAFKA_TLS_CA: 'ca.pem' }, 'KAFKA_TLS_CA is "***": it goes with KAFKA_TLS=1.'],
    [{ ...tls, KAFKA_TLS_CERT: 'cert.pem' }, 'KAFKA_TLS_KEY is not set'],
    [{ ...tls, KAFKA_TLS_KEY: 'key.pem' }, 'KAFKA_TLS_CERT is not set'],
    [{ ...tls, ...user }, 'KAFKA_SASL_USERNAME is "***": it goes with KAFKA_SASL_MECHANISM'],
    [{ ...tls, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM is "gssapi": must be one of plain,'],
    [
      { ...tls, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'rapport' },
      'KAFKA_SASL_PASSWORD is not set: KAFKA_SASL_MECHANISM=plain needs it.',
    ],
    [{ ...brokers, ...user, KAFKA_SASL_MECHANISM: 'plain' }, 'KAFKA_TLS is not set: plain sends a secret'],
    [{ ...tls, ...client }, 'KAFKA_OAUTH_TOKEN_URL is "***": it goes with KAFKA_SASL_MECHANISM=oauthbearer.'],
    [{ ...tls, ...client, ...user, KAFKA_SASL_MECHANISM: 'oauthbearer' }, 'KAFKA_SASL_USERNAME is "***"'],
    [
      { ...tls, ...client, KAFKA_OAUTH_CLIENT_ID: '', KAFKA_SASL_MECHANISM: 'oauthbearer' },
      'KAFKA_OAUTH_CLIENT_ID is not set',
    ],
    [{ KAFKA_REPLICATION_FACTOR: '0' }, 'KAFKA_REPLICATION_FACTOR is "0": must be a number of replicas'],
    [{ KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '2' }, 'it must not be more than'],
    [{ KAFKA_COMPRESSION: 'zstd' }, 'KAFKA_COMPRESSION is "zstd": must be one of none, gzip.'],
  ])('are refused: %o', (env, message) => {
    expect(() => kafkaSettings(env)).toThrow(message);
  });
});
