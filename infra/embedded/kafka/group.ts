import { randomUUID } from 'node:crypto';
import { ErrorCode, KafkaError } from './errors.js';
import {
  chooseProtocol,
  commonProtocols,
  failedJoin,
  failedSync,
  type JoinRequest,
  type JoinResult,
  Member,
  PendingMembers,
  type SyncResult,
} from './group-member.js';

export type GroupStatus = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/**
 * One consumer group: Empty → PreparingRebalance → CompletingRebalance → Stable. Members live in memory: after a
 * restart of the broker they are unknown (error 25) and join again; committed offsets stay.
 */
export class Group {
  status: GroupStatus = 'Empty';
  generation = 0;
  protocolType = '';
  protocol = '';
  leader = '';
  readonly members = new Map<string, Member>();
  private readonly pending = new PendingMembers(() => this.completeIfPreparing());
  private rebalanceTimer: NodeJS.Timeout | undefined;
  /** Runs while an empty group waits for more first members. */
  private delay: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    private readonly initialDelayMs: number,
  ) {}

  get isUnused(): boolean {
    return this.members.size === 0 && this.pending.size === 0;
  }

  join(request: JoinRequest): Promise<JoinResult> | JoinResult {
    let { memberId } = request;
    if (!this.accepts(request)) return failedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId);
    const replaced = request.instanceId === null ? undefined : this.byInstance(request.instanceId);
    if (memberId === '') {
      memberId = `${request.instanceId ?? request.clientId}-${randomUUID()}`;
      if (replaced) this.remove(replaced, ErrorCode.FENCED_INSTANCE_ID);
      else if (request.requiresMemberId && request.instanceId === null) {
        this.pending.add(memberId, request.sessionTimeoutMs);
        return failedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId);
      }
      return this.add(memberId, request);
    }
    if (replaced && replaced.id !== memberId) return failedJoin(ErrorCode.FENCED_INSTANCE_ID, memberId);
    if (this.pending.remove(memberId)) return this.add(memberId, request);
    const member = this.members.get(memberId);
    if (!member) return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId);
    return this.rejoin(member, request);
  }

  private accepts({ protocolType, protocols }: JoinRequest): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    if (this.members.size === 0) return true;
    return protocolType === this.protocolType && commonProtocols(protocols, [...this.members.values()]).length > 0;
  }

  private byInstance(instanceId: string): Member | undefined {
    return [...this.members.values()].find((member) => member.instanceId === instanceId);
  }

  private add(memberId: string, request: JoinRequest): Promise<JoinResult> {
    const member = new Member(
      memberId,
      request.instanceId,
      request.clientId,
      request.clientHost,
      request.sessionTimeoutMs,
      request.rebalanceTimeoutMs,
      request.protocols,
      (expired) => this.remove(expired, ErrorCode.UNKNOWN_MEMBER_ID),
    );
    if (this.members.size === 0) this.protocolType = request.protocolType;
    this.members.set(memberId, member);
    return this.awaitRebalance(member);
  }

  private rejoin(member: Member, request: JoinRequest): Promise<JoinResult> | JoinResult {
    const isUnchanged = member.hasSameProtocols(request.protocols);
    member.protocols = request.protocols;
    member.sessionTimeoutMs = request.sessionTimeoutMs;
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    const asksForRebalance = this.status === 'Stable' && member.id === this.leader;
    if (isUnchanged && !asksForRebalance && (this.status === 'CompletingRebalance' || this.status === 'Stable')) {
      member.touch();
      return this.joined(member);
    }
    return this.awaitRebalance(member);
  }

  private awaitRebalance(member: Member): Promise<JoinResult> {
    member.answerJoin?.(failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id));
    member.rest();
    const answer = new Promise<JoinResult>((resolve) => {
      member.answerJoin = resolve;
    });
    if (this.status === 'PreparingRebalance') this.completeIfAllJoined();
    else this.prepareRebalance();
    return answer;
  }

  private prepareRebalance() {
    const delay = this.status === 'Empty' ? this.initialDelayMs : 0;
    this.status = 'PreparingRebalance';
    for (const member of this.members.values()) {
      if (member.answerSync) member.answer(null, failedSync(ErrorCode.REBALANCE_IN_PROGRESS));
    }
    if (delay > 0) this.delay = setTimeout(() => this.awaitMembers(), delay).unref();
    else this.awaitMembers();
  }

  /** Those that have not joined again when the longest rebalance timeout is over are left out. */
  private awaitMembers() {
    this.delay = null;
    const timeout = Math.max(0, ...[...this.members.values()].map((member) => member.rebalanceTimeoutMs));
    this.rebalanceTimer = setTimeout(() => this.completeJoin(), timeout).unref();
    this.completeIfAllJoined();
  }

  private completeIfAllJoined() {
    const allJoined = [...this.members.values()].every((member) => member.answerJoin);
    if (allJoined && this.pending.size === 0 && !this.delay) this.completeJoin();
  }

  private completeJoin() {
    clearTimeout(this.rebalanceTimer);
    for (const member of this.members.values())
      if (!member.answerJoin) {
        member.rest();
        this.members.delete(member.id);
      }
    this.generation++;
    const first = this.members.values().next().value;
    if (!first) {
      this.status = 'Empty';
      this.leader = '';
      this.protocol = '';
      return;
    }
    if (!this.members.has(this.leader)) this.leader = first.id;
    this.protocol = chooseProtocol([...this.members.values()]);
    this.status = 'CompletingRebalance';
    for (const member of this.members.values()) {
      member.assignment = Buffer.alloc(0);
      member.answer(this.joined(member), null);
    }
  }

  private joined(member: Member): JoinResult {
    const members =
      member.id === this.leader
        ? [...this.members.values()].map((each) => ({
            id: each.id,
            instanceId: each.instanceId,
            metadata: each.metadataFor(this.protocol),
          }))
        : [];
    const { generation, protocol, leader } = this;
    return { error: ErrorCode.NONE, generation, protocol, leader, memberId: member.id, members };
  }

  sync(
    memberId: string,
    instanceId: string | null,
    generation: number,
    assignments: { memberId: string; assignment: Buffer }[],
  ): Promise<SyncResult> | SyncResult {
    const member = this.check(memberId, instanceId, generation);
    if (this.status === 'PreparingRebalance') return failedSync(ErrorCode.REBALANCE_IN_PROGRESS);
    member.touch();
    if (this.status === 'Stable') return { error: ErrorCode.NONE, assignment: member.assignment };
    if (memberId !== this.leader)
      return new Promise((resolve) => {
        member.rest();
        member.answerSync?.(failedSync(ErrorCode.REBALANCE_IN_PROGRESS));
        member.answerSync = resolve;
      });
    for (const { memberId: id, assignment } of assignments) {
      const assigned = this.members.get(id);
      if (assigned) assigned.assignment = Buffer.from(assignment);
    }
    this.status = 'Stable';
    for (const each of this.members.values())
      if (each.answerSync) each.answer(null, { error: ErrorCode.NONE, assignment: each.assignment });
    return { error: ErrorCode.NONE, assignment: member.assignment };
  }

  heartbeat(memberId: string, instanceId: string | null, generation: number) {
    const member = this.check(memberId, instanceId, generation);
    member.touch();
    if (this.status === 'PreparingRebalance')
      throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS, `Group ${this.id} is rebalancing.`);
  }

  /** @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID or ILLEGAL_GENERATION */
  check(memberId: string, instanceId: string | null, generation: number): Member {
    const member = this.find(memberId, instanceId);
    if (generation !== this.generation)
      throw new KafkaError(ErrorCode.ILLEGAL_GENERATION, `Group ${this.id} is at generation ${this.generation}.`);
    return member;
  }

  private find(memberId: string, instanceId: string | null): Member {
    const byInstance = instanceId === null ? undefined : this.byInstance(instanceId);
    if (byInstance && memberId !== '' && byInstance.id !== memberId)
      throw new KafkaError(ErrorCode.FENCED_INSTANCE_ID, `Another member has taken over ${instanceId}.`);
    const member = this.members.get(memberId) ?? (memberId === '' ? byInstance : undefined);
    if (!member) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID, `${memberId} is no member of group ${this.id}.`);
    return member;
  }

  leave(memberId: string, instanceId: string | null) {
    if (this.pending.remove(memberId)) this.completeIfPreparing();
    else this.remove(this.find(memberId, instanceId), ErrorCode.UNKNOWN_MEMBER_ID);
  }

  private remove(member: Member, answer: number) {
    member.rest();
    this.members.delete(member.id);
    member.answerJoin?.(failedJoin(answer, member.id));
    member.answerSync?.(failedSync(answer));
    if (this.status === 'PreparingRebalance') this.completeIfAllJoined();
    else this.prepareRebalance();
  }

  /** Answers the members that wait; they will look for the coordinator again. */
  close() {
    for (const member of this.members.values()) {
      member.answerJoin?.(failedJoin(ErrorCode.COORDINATOR_NOT_AVAILABLE, member.id));
      member.answerSync?.(failedSync(ErrorCode.COORDINATOR_NOT_AVAILABLE));
    }
  }

  private completeIfPreparing() {
    if (this.status === 'PreparingRebalance') this.completeIfAllJoined();
  }
}
