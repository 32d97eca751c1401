import type { Kafka } from 'kafkajs';
import { CUSTOMER_EVENTS_TOPIC } from '#contracts/topics.js';
import type { DeadLetter } from './dead-letter.js';
import { DeadLetterLog } from './dead-letter-log.js';

/** Which group's dead letters. */
export interface DeadLettersOptions {
  kafka: Kafka;
  groupId: string;
  /** The customers' events unless told otherwise. */
  topic?: string;
  /** How long a retry is waited for: 30 s unless told otherwise. */
  patienceMs?: number;
}

/** What an operator does with the dead letters of a group: sees them, has them tried again, gives them up. */
export class DeadLetters {
  private readonly log: DeadLetterLog;
  private readonly patienceMs: number;
  private onChange: () => void = () => {};

  private constructor({ kafka, groupId, topic = CUSTOMER_EVENTS_TOPIC, patienceMs = 30_000 }: DeadLettersOptions) {
    this.log = new DeadLetterLog(kafka, topic, groupId);
    this.patienceMs = patienceMs;
  }

  /** @throws Error when no subscriber of the group ever ran. */
  static async open(options: DeadLettersOptions): Promise<DeadLetters> {
    const letters = new DeadLetters(options);
    letters.log.listen(
      () => letters.onChange(),
      () => {},
    );
    try {
      if (!(await letters.log.exists())) {
        throw new Error(`There is no topic ${letters.log.topic}: no subscriber of this group ever ran.`);
      }
      await letters.log.open();
      return letters;
    } catch (error) {
      await letters.close();
      throw error;
    }
  }

  /** All of them at present, those of a partition in its order. */
  async list(): Promise<DeadLetter[]> {
    const partitions = await this.log.partitions();
    await this.log.caughtUp(partitions);
    return partitions.flatMap((partition) => this.log.table.letters(partition));
  }

  /**
   * Has a running subscriber handle the dead letters of a key, or of every key, in order, up to the first of each that
   * fails again.
   * @returns those that are left.
   * @throws NobodyRetries when no subscriber did it in time; the request stands, and the next one that starts will.
   */
  async retry(key?: string): Promise<DeadLetter[]> {
    const asked = new Map<string, DeadLetter['record']>();
    for (const { record } of await this.list()) {
      if (key === undefined || record.key === key) asked.set(`${record.partition}/${record.key}`, record);
    }
    const places = [...asked.values()];
    for (const place of places) await this.log.askRetry(place.partition, place.key);
    await this.until(() => places.every((place) => !this.log.table.asked(place.partition).includes(place.key)));
    return places.flatMap((place) => this.log.table.letters(place.partition, place.key));
  }

  /** Gives a dead letter up: it is never handled. Those behind it wait for a retry. */
  async drop(letter: DeadLetter): Promise<void> {
    await this.log.remove(letter);
  }

  close(): Promise<void> {
    return this.log.close();
  }

  private async until(isSo: () => boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new NobodyRetries(this.patienceMs)), this.patienceMs);
        this.onChange = () => {
          if (isSo()) resolve();
        };
        this.onChange();
      });
    } finally {
      clearTimeout(timer);
      this.onChange = () => {};
    }
  }
}

/** No subscriber of the group answered. */
export class NobodyRetries extends Error {
  constructor(patienceMs: number) {
    super(
      `No subscriber finished the retry in ${patienceMs} ms: it goes on, or begins when one starts. List the dead letters to see what is left.`,
    );
    this.name = 'NobodyRetries';
  }
}
