import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from '#platform/logger.js';

/** kafkajs logs as errors what its own retries repair, so its log is told as debug; what remains is thrown. */
export function createKafka(brokers: string[], logger: Logger): Kafka {
  return new Kafka({
    clientId: 'rapport-worker',
    brokers,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, ...details } }) =>
        logger.debug({ kafka: details }, message),
    retry: { initialRetryTime: 100, retries: 8 },
  });
}
