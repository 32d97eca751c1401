import { Partition, type StoredFrames } from './partition.js';
import { SpillFile } from './spill-file.js';

/** In which partition an event belongs. */
export interface Place {
  of(key: string): number;
  /** One after the other: nothing comes to a partition when another one has begun. */
  inTurn: boolean;
}

/** Events of a view, divided. */
export class Partitions {
  private readonly file = new SpillFile();
  private readonly partitions = new Map<number, Partition>();

  /** @param memory bytes of each partition that are kept before they are written. */
  constructor(
    private readonly places: Place,
    private readonly memory: number,
  ) {}

  add(key: string, frame: Buffer): void {
    const place = this.places.of(key);
    let partition = this.partitions.get(place);
    if (!partition) {
      if (this.places.inTurn) this.partitions.get(place - 1)?.settle();
      partition = new Partition(this.file, this.memory);
      this.partitions.set(place, partition);
    }
    partition.add(frame);
  }

  stored(): StoredFrames[] {
    return [...this.partitions.values()].map((partition) => partition.stored());
  }

  close(): void {
    this.file.close();
  }
}

/** All events of a key together. @param seed keys that fall together under one are apart under another. */
export function byHash(count: number, seed: number): Place {
  return { of: (key) => hashOf(key, seed) % count, inTurn: false };
}

/** So many, one after the other: where each makes a row of its own. */
export function byArrival(events: number): Place {
  let arrived = 0;
  return { of: () => Math.floor(arrived++ / events), inTurn: true };
}

/** FNV-1a with a seed, mixed once more. */
function hashOf(key: string, seed: number): number {
  let hash = Math.imul(2_166_136_261 ^ seed, 0x9e3779b1);
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
