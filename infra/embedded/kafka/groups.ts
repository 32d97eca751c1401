import type { BrokerConfigs } from './configs.js';
import { ErrorCode, KafkaError } from './errors.js';
import { Group } from './group.js';
import { failedJoin, type JoinRequest, type JoinResult } from './group-member.js';
import type { OffsetCommit, Offsets } from './offsets.js';

/** The group coordinator: all consumer groups and who may commit offsets for them. */
export class Groups {
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly offsets: Offsets,
    private readonly configs: BrokerConfigs,
  ) {}

  join(groupId: string, request: JoinRequest): Promise<JoinResult> | JoinResult {
    checkGroupId(groupId);
    if (
      request.sessionTimeoutMs < this.configs.number('group.min.session.timeout.ms') ||
      request.sessionTimeoutMs > this.configs.number('group.max.session.timeout.ms')
    )
      return failedJoin(ErrorCode.INVALID_SESSION_TIMEOUT, request.memberId);
    let group = this.groups.get(groupId);
    if (!group) {
      if (request.memberId !== '') return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId);
      group = new Group(groupId, this.configs.number('group.initial.rebalance.delay.ms'));
      this.groups.set(groupId, group);
    }
    return group.join(request);
  }

  /** @throws KafkaError UNKNOWN_MEMBER_ID: a group without members knows none. */
  get(groupId: string): Group {
    checkGroupId(groupId);
    const group = this.groups.get(groupId);
    if (!group) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID, `Group ${groupId} has no members.`);
    return group;
  }

  find(groupId: string): Group | undefined {
    return this.groups.get(groupId);
  }

  /** Whether the group has members or offsets. */
  exists(groupId: string): boolean {
    const group = this.groups.get(groupId);
    return this.offsets.has(groupId) || (group !== undefined && !group.isUnused);
  }

  names(): string[] {
    return [...new Set([...this.groups.keys(), ...this.offsets.names()])].filter((id) => this.exists(id));
  }

  /** Checks who commits: a member of this generation, or anyone outside group management while there are no members. */
  checkCommit(groupId: string, memberId: string, instanceId: string | null, generation: number) {
    checkGroupId(groupId);
    const group = this.groups.get(groupId);
    if (generation < 0 && memberId === '' && (!group || group.members.size === 0)) return;
    if (!group) throw new KafkaError(ErrorCode.ILLEGAL_GENERATION, `Group ${groupId} has no generation yet.`);
    group.check(memberId, instanceId, generation).touch();
    if (group.status === 'CompletingRebalance')
      throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS, `Group ${groupId} is rebalancing.`);
  }

  commit(groupId: string, commits: readonly OffsetCommit[]) {
    this.offsets.commit(groupId, commits);
  }

  /** @throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP */
  delete(groupId: string) {
    checkGroupId(groupId);
    if (!this.exists(groupId)) throw new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND, `There is no group ${groupId}.`);
    const group = this.groups.get(groupId);
    if (group && !group.isUnused) throw new KafkaError(ErrorCode.NON_EMPTY_GROUP, `Group ${groupId} has members.`);
    this.groups.delete(groupId);
    this.offsets.delete(groupId);
  }

  /** Answers everyone who waits for a rebalance. */
  close() {
    for (const group of this.groups.values()) group.close();
  }
}

function checkGroupId(groupId: string) {
  if (groupId === '') throw new KafkaError(ErrorCode.INVALID_GROUP_ID, 'The group id is empty.');
}
