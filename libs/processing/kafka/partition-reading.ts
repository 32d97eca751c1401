import type { KafkaMessage } from 'kafkajs';
import type { Position } from '../processor.js';
import { positionOf } from './cloud-event.js';
import type { PublishedSoFar } from './publication.js';

/** An event of the topic that has been read and not been decoded. */
export interface TopicRecord {
  position: bigint;
  partition: number;
  message: KafkaMessage;
}

const FIRST_LOOK_BACK_MS = 60_000;

/** A place in a partition: the last record of it that is stored. */
interface Place {
  offset: bigint;
  position: bigint;
}

/**
 * One partition as it is read: from an offset on, without a gap. Which events stood before that offset is told by nobody
 * but the records themselves: where the first one that is read is one that everybody has, nothing is missing.
 */
export class PartitionReading {
  /** Where it goes on. */
  next: bigint;
  /** Everything of the partition up to this position has been read, or is not asked for. */
  seen: Position;
  /** How far back it is looked next for a record that everybody has. */
  lookBackMs = FIRST_LOOK_BACK_MS;
  /** Whether nothing that is asked for can stand before where it was begun. */
  private isProven: boolean;
  private readonly waiting: TopicRecord[] = [];
  private handedOn: Place | undefined;
  private candidate: Place | undefined;

  /**
   * @param after the position up to which nothing is asked for; undefined: everything is.
   * @param start the offset to read from.
   */
  constructor(
    readonly partition: number,
    readonly after: Position,
    public start: bigint,
  ) {
    this.next = start;
    this.seen = after;
    this.isProven = start === 0n;
  }

  /** How many records wait for those of other partitions that come before them. */
  get length(): number {
    return this.waiting.length;
  }

  /** Reads from further back. */
  restart(start: bigint): void {
    this.start = start;
    this.next = start;
    this.isProven = start === 0n;
  }

  /** Whether what is read after this offset would leave a gap. */
  skips(first: bigint): boolean {
    return first > this.next;
  }

  /** @returns false when the first record shows that it was begun too late: then nothing of them was taken. */
  take(messages: readonly KafkaMessage[], last: bigint): boolean {
    const fresh = messages.filter(({ offset }) => BigInt(offset) >= this.next);
    const [first] = fresh;
    if (first !== undefined && !this.isProven) {
      if (this.after === undefined || positionOf(first) > this.after) return false;
      this.isProven = true;
    }
    for (const message of fresh) {
      const position = positionOf(message);
      // After `--republish` what has been seen comes a second time.
      if (this.seen !== undefined && position <= this.seen) continue;
      this.waiting.push({ position, partition: this.partition, message });
      this.seen = position;
    }
    this.pass(last);
    return true;
  }

  /** What stands up to this offset is markers of transactions, or was aborted. */
  pass(last: bigint): void {
    if (last >= this.next) this.next = last + 1n;
  }

  /**
   * The publisher stands at a position, and where it stood the partition ended: whoever has read to that end has read
   * everything up to the position.
   * @returns false when the end was reached and no record has shown that nothing is missing.
   */
  reached({ position, ends }: PublishedSoFar): boolean {
    if (position === undefined || this.next < ends[this.partition]!) return true;
    if (!this.isProven) return false;
    if (this.seen === undefined || position > this.seen) this.seen = position;
    return true;
  }

  /** Takes out what waits up to a position. */
  upTo(position: bigint): TopicRecord[] {
    const beyond = this.waiting.findIndex((record) => record.position > position);
    const taken = this.waiting.splice(0, beyond === -1 ? this.waiting.length : beyond);
    const last = taken.at(-1);
    if (last) this.handedOn = { offset: BigInt(last.message.offset), position: last.position };
    return taken;
  }

  /** The offset of a record that is stored, to begin with next time; undefined: none that was not told before. */
  storedPlace(stored: bigint): bigint | undefined {
    const place = this.candidate;
    if (place !== undefined && place.position > stored) return undefined;
    this.candidate = this.handedOn;
    this.handedOn = undefined;
    return place?.offset;
  }
}
