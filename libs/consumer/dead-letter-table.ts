import type { DeadLetter, DeadLetterEntry } from './dead-letter.js';

/**
 * What a dead-letter topic says at present, by partition and key. Entries may be told twice and in two ways (as written
 * by this process, and as read back), and count by their offset.
 */
export class DeadLetterTable {
  private readonly partitions = new Map<number, Held>();

  /** @param offset the entry's own on the dead-letter topic. */
  apply(partition: number, offset: bigint, entry: DeadLetterEntry): void {
    const held = this.of(partition);
    switch (entry.kind) {
      case 'letter': {
        const place = entry.letter.record.offset;
        if ((held.newest.get(place) ?? -1n) >= offset) return;
        held.newest.set(place, offset);
        held.letters.set(place, entry.letter);
        keyOf(held, entry.letter.record.key).add(place);
        return;
      }
      case 'letter-gone':
        if ((held.newest.get(entry.offset) ?? -1n) >= offset) return;
        held.newest.set(entry.offset, offset);
        remove(held, entry.offset);
        return;
      case 'retry-asked':
        if ((held.retries.get(entry.key)?.offset ?? -1n) < offset) held.retries.set(entry.key, { offset, asked: true });
        return;
      case 'retry-done':
        if ((held.retries.get(entry.key)?.offset ?? -1n) < offset)
          held.retries.set(entry.key, { offset, asked: false });
        return;
      case 'marker':
        return;
    }
  }

  /** Whether events of the key have to wait behind a dead letter. */
  holds(partition: number, key: string): boolean {
    return this.of(partition).byKey.has(key);
  }

  /** Whether the record at an offset of its topic is a dead letter. */
  has(partition: number, offset: bigint): boolean {
    return this.of(partition).letters.has(offset);
  }

  /** The dead letters of a key, or of every key, in the order of the topic that they come from. */
  letters(partition: number, key?: string): DeadLetter[] {
    const { letters, byKey } = this.of(partition);
    const places = key === undefined ? letters.keys() : (byKey.get(key) ?? []);
    return [...places].sort((a, b) => (a < b ? -1 : 1)).map((place) => letters.get(place)!);
  }

  /** The keys whose retry is asked for. */
  asked(partition: number): string[] {
    return [...this.of(partition).retries].filter(([, { asked }]) => asked).map(([key]) => key);
  }

  /** Every partition that anything was told of. */
  known(): number[] {
    return [...this.partitions.keys()].sort((a, b) => a - b);
  }

  private of(partition: number): Held {
    const held = this.partitions.get(partition) ?? {
      letters: new Map(),
      byKey: new Map(),
      newest: new Map(),
      retries: new Map(),
    };
    this.partitions.set(partition, held);
    return held;
  }
}

function keyOf({ byKey }: Held, key: string): Set<bigint> {
  const places = byKey.get(key) ?? new Set();
  byKey.set(key, places);
  return places;
}

function remove({ letters, byKey }: Held, place: bigint): void {
  const key = letters.get(place)?.record.key;
  letters.delete(place);
  if (key === undefined) return;
  const places = byKey.get(key);
  places?.delete(place);
  if (places?.size === 0) byKey.delete(key);
}

interface Held {
  /** By the offset that each has on its own topic. */
  letters: Map<bigint, DeadLetter>;
  byKey: Map<string, Set<bigint>>;
  /** The offset of the newest entry about each letter, of those that are gone too. */
  newest: Map<bigint, bigint>;
  retries: Map<string, { offset: bigint; asked: boolean }>;
}
