import { type Store, stateKey } from './store.js';

export interface OffsetCommit {
  topic: string;
  partition: number;
  offset: number;
  leaderEpoch: number;
  metadata: string | null;
}

/** The state record of one group. */
interface GroupState {
  group: string;
  commits: OffsetCommit[];
}

/** The committed offsets of one group, by topic and partition. */
class GroupOffsets {
  readonly commits: Map<string, OffsetCommit>;

  constructor(
    readonly group: string,
    commits: readonly OffsetCommit[] = [],
  ) {
    this.commits = new Map(commits.map((commit) => [`${commit.topic}/${commit.partition}`, commit]));
  }

  toJSON(): GroupState {
    return { group: this.group, commits: [...this.commits.values()] };
  }
}

/** The committed offsets of all groups. They do not expire here; in Kafka an idle group loses them after seven days. */
export class Offsets {
  private readonly groups = new Map<string, GroupOffsets>();

  constructor(
    private readonly store: Store,
    loaded: ReadonlyMap<string, unknown>,
  ) {
    for (const [key, value] of loaded) {
      if (!key.startsWith('group/')) continue;
      const { group, commits } = value as GroupState;
      this.groups.set(group, new GroupOffsets(group, commits));
    }
  }

  commit(group: string, commits: readonly OffsetCommit[]) {
    let offsets = this.groups.get(group);
    if (!offsets) {
      offsets = new GroupOffsets(group);
      this.groups.set(group, offsets);
    }
    for (const commit of commits) offsets.commits.set(`${commit.topic}/${commit.partition}`, commit);
    this.store.putState(stateKey('group', group), offsets);
  }

  get(group: string, topic: string, partition: number): OffsetCommit | undefined {
    return this.groups.get(group)?.commits.get(`${topic}/${partition}`);
  }

  /** The partitions that the group has committed offsets for. */
  committed(group: string): OffsetCommit[] {
    return [...(this.groups.get(group)?.commits.values() ?? [])];
  }

  has(group: string): boolean {
    return this.groups.has(group);
  }

  names(): string[] {
    return [...this.groups.keys()];
  }

  delete(group: string) {
    this.groups.delete(group);
    this.store.removeState(stateKey('group', group));
  }

  /** Forgets the offsets of a deleted topic. */
  deleteTopic(topic: string) {
    for (const offsets of this.groups.values()) {
      const before = offsets.commits.size;
      for (const [key, commit] of offsets.commits) if (commit.topic === topic) offsets.commits.delete(key);
      if (offsets.commits.size < before) this.store.putState(stateKey('group', offsets.group), offsets);
    }
  }
}
