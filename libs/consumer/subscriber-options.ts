import type { ConsumerConfig, Kafka } from 'kafkajs';
import type { DeadLetter } from './dead-letter.js';
import type { Handlers, Inbox, UnknownEventHandler } from './handlers.js';
import type { RetryOptions } from './retrying.js';

/** What a subscriber needs to know. */
export interface SubscriberOptions<Client = undefined> {
  /** A client of kafkajs, with its own brokers, TLS, SASL and log. */
  kafka: Kafka;
  /** The consumer group: its members share the partitions. One topic a group. */
  groupId: string;
  /** The customers' events unless told otherwise. */
  topic?: string;
  handlers: Handlers<Client>;
  /** Takes events of types that this version of the contract does not know; without it they are skipped and counted. */
  otherwise?: UnknownEventHandler<Client>;
  inbox?: Inbox<Client>;
  retry?: RetryOptions;
  /** Where a new group begins: at the beginning unless told otherwise. */
  from?: 'beginning' | 'end';
  /** How many partitions are handled at once: all of them unless told otherwise. */
  partitionsAtOnce?: number;
  /** More keys than this with a new dead letter within a minute stop the subscriber: 20 unless told otherwise. */
  mostKeysAMinute?: number;
  /** Told of every record that becomes a dead letter for what it is or did. */
  onDeadLetter?: (letter: DeadLetter) => void;
  /** Further settings of kafkajs's consumer: session time-out, fetch sizes. */
  consumer?: Omit<ConsumerConfig, 'groupId' | 'readUncommitted' | 'allowAutoTopicCreation'>;
}
