export interface Protocol {
  name: string;
  metadata: Buffer;
}

export interface JoinRequest {
  memberId: string;
  instanceId: string | null;
  clientId: string;
  clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocolType: string;
  protocols: Protocol[];
  /** Since version 4 a new member gets its id first and joins with it (error 79). */
  requiresMemberId: boolean;
}

export interface JoinResult {
  error: number;
  generation: number;
  protocol: string;
  leader: string;
  memberId: string;
  members: { id: string; instanceId: string | null; metadata: Buffer }[];
}

export interface SyncResult {
  error: number;
  assignment: Buffer;
}

/** One member of a group, with the answers that it waits for. */
export class Member {
  assignment: Buffer = Buffer.alloc(0);
  private sessionTimer: NodeJS.Timeout | undefined;
  answerJoin: ((result: JoinResult) => void) | null = null;
  answerSync: ((result: SyncResult) => void) | null = null;

  constructor(
    readonly id: string,
    readonly instanceId: string | null,
    readonly clientId: string,
    readonly clientHost: string,
    public sessionTimeoutMs: number,
    public rebalanceTimeoutMs: number,
    public protocols: Protocol[],
    private readonly onExpired: (member: Member) => void,
  ) {}

  /** The member gave a sign of life. While it waits for an answer it cannot, so its session does not run then. */
  touch() {
    this.rest();
    if (this.answerJoin || this.answerSync) return;
    this.sessionTimer = setTimeout(() => this.onExpired(this), this.sessionTimeoutMs).unref();
  }

  /** Answers what the member waits for; from then on its session runs again. */
  answer(join: JoinResult | null, sync: SyncResult | null) {
    const { answerJoin, answerSync } = this;
    if (join) this.answerJoin = null;
    if (sync) this.answerSync = null;
    this.touch();
    if (join) answerJoin?.(join);
    if (sync) answerSync?.(sync);
  }

  rest() {
    clearTimeout(this.sessionTimer);
  }

  metadataFor(protocol: string): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
  }

  hasSameProtocols(protocols: readonly Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(
        ({ name, metadata }, i) => name === this.protocols[i]!.name && metadata.equals(this.protocols[i]!.metadata),
      )
    );
  }
}

/** Member ids that were given out and not yet used to join. Each is good for a session's time. */
export class PendingMembers {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly onExpired: () => void) {}

  get size(): number {
    return this.timers.size;
  }

  add(memberId: string, sessionTimeoutMs: number) {
    const expire = () => {
      this.timers.delete(memberId);
      this.onExpired();
    };
    this.timers.set(memberId, setTimeout(expire, sessionTimeoutMs).unref());
  }

  /** @returns whether the id was waiting to be used. */
  remove(memberId: string): boolean {
    clearTimeout(this.timers.get(memberId));
    return this.timers.delete(memberId);
  }
}

export function failedJoin(error: number, memberId = ''): JoinResult {
  return { error, generation: -1, protocol: '', leader: '', memberId, members: [] };
}

export function failedSync(error: number): SyncResult {
  return { error, assignment: Buffer.alloc(0) };
}

/** Those of the protocols that every one of the members knows. */
export function commonProtocols(protocols: readonly Protocol[], members: readonly Member[]): Protocol[] {
  return protocols.filter(({ name }) =>
    members.every((member) => member.protocols.some((known) => known.name === name)),
  );
}

/** The protocol that all members know and most of them prefer. */
export function chooseProtocol(members: readonly Member[]): string {
  const votes = new Map<string, number>();
  const common = commonProtocols(members[0]?.protocols ?? [], members);
  for (const { name } of common) votes.set(name, 0);
  for (const { protocols } of members) {
    const preferred = protocols.find(({ name }) => votes.has(name));
    if (preferred) votes.set(preferred.name, votes.get(preferred.name)! + 1);
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
