import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kafkaSettings } from '#platform/kafka-settings.js';
import { type Environment, SettingsError } from '#platform/setting.js';
import { withSecuredBroker } from '#testing/secured-broker.js';
import { createKafka } from './kafka-client.js';

describe('the client of the brokers', () => {
  it('is not made with a file that cannot be read, or that is not PEM', () => {
    const make = (ca: string) => () => createKafka(['one:9092'], { compression: 'none', tls: { ca } }, 'spec');
    expect(make('/nowhere.pem')).toThrow(SettingsError);
    expect(make('/nowhere.pem')).toThrow('KAFKA_TLS_CA is "/nowhere.pem": the file cannot be read (ENOENT).');
    expect(make(import.meta.filename)).toThrow('the file is not PEM.');
  });
});

withSecuredBroker('a secured broker', ({ brokers, ca, username, password }) => {
  const topics = async (env: Environment) => {
    const settings = kafkaSettings({ KAFKA_BROKERS: brokers.join(','), KAFKA_TLS: '1', KAFKA_TLS_CA: ca, ...env });
    const admin = createKafka(brokers, settings, 'spec').admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      return await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  };
  const user = { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password };

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'takes a user by %s, and no wrong password',
    async (mechanism) => {
      const env = { ...user, KAFKA_SASL_MECHANISM: mechanism };
      expect(await topics(env)).toEqual(expect.any(Array));
      await expect(topics({ ...env, KAFKA_SASL_PASSWORD: 'wrong' })).rejects.toThrow(/[Aa]uthentication/);
    },
  );

  it('takes tokens that are fetched by client credentials', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1_000);
    // This broker takes unsigned ones.
    const token = `${part({ alg: 'none' })}.${part({ sub: username, iat: now, exp: now + 300 })}.`;
    const issuer = createServer((_, response) => {
      response.end(JSON.stringify({ access_token: token, expires_in: 300 }));
    });
    await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
    try {
      const env = {
        KAFKA_SASL_MECHANISM: 'oauthbearer',
        KAFKA_OAUTH_TOKEN_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token`,
        KAFKA_OAUTH_CLIENT_ID: 'rapport',
        KAFKA_OAUTH_CLIENT_SECRET: 'secret',
      };
      expect(await topics(env)).toEqual(expect.any(Array));
    } finally {
      issuer.closeAllConnections();
      await new Promise((done) => issuer.close(done));
    }
  });

  it('is not trusted by authorities that did not sign its certificate', async () => {
    await expect(topics({ ...user, KAFKA_SASL_MECHANISM: 'plain', KAFKA_TLS_CA: '' })).rejects.toThrow(/certificate/);
  });
});
