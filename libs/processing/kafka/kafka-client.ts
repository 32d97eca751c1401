import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { KafkaSettings, SaslSettings, TlsSettings } from '#platform/kafka-settings.js';
import type { Logger } from '#platform/logger.js';
import { SettingsError } from '#platform/setting.js';
import { OauthTokens } from './oauth-tokens.js';

/**
 * A client of the brokers, secured as the settings say. kafkajs logs as errors what its own retries repair, so its log
 * is told as debug; what remains is thrown.
 * @throws SettingsError for a file of the settings that cannot be read.
 */
export function createKafka(brokers: string[], settings: KafkaSettings, clientId: string, logger?: Logger): Kafka {
  return new Kafka({
    clientId,
    brokers,
    ...security(settings),
    logLevel: logger ? logLevel.WARN : logLevel.NOTHING,
    logCreator:
      () =>
      ({ log: { message, ...details } }) =>
        logger?.debug({ kafka: details }, message),
    // Some seconds: a broker that is away longer is told of, and tried again by whoever needs it.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8 },
  });
}

function security({ tls, sasl }: KafkaSettings): Partial<KafkaConfig> {
  return { ...(tls && { ssl: tlsOptions(tls) }), ...(sasl && { sasl: saslOptions(sasl) }) };
}

function tlsOptions({ ca, cert, key }: TlsSettings): KafkaConfig['ssl'] {
  if (ca === undefined && cert === undefined) return true;
  return {
    ...(ca !== undefined && { ca: [pem('KAFKA_TLS_CA', ca)] }),
    ...(cert !== undefined && { cert: pem('KAFKA_TLS_CERT', cert) }),
    ...(key !== undefined && { key: pem('KAFKA_TLS_KEY', key) }),
  };
}

function pem(variable: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(variable, path, `the file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (!text.includes('-----BEGIN ')) throw new SettingsError(variable, path, 'the file is not PEM.');
  return text;
}

function saslOptions(sasl: SaslSettings): KafkaConfig['sasl'] {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  const tokens = new OauthTokens(sasl.oauth);
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await tokens.current() }) };
}
