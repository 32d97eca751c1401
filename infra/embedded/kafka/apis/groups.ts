import { codeOf, ErrorCode } from '../errors.js';
import { failedSync } from '../group-member.js';
import { Writer } from '../wire.js';
import type { Api } from './api.js';

export const joinGroup: Api = {
  key: 11,
  name: 'JoinGroup',
  min: 0,
  max: 5,
  async handle(request, { broker, version, clientId, clientHost }) {
    const groupId = request.string();
    const sessionTimeoutMs = request.int32();
    const rebalanceTimeoutMs = version >= 1 ? request.int32() : sessionTimeoutMs;
    const memberId = request.string();
    const instanceId = version >= 5 ? request.nullableString() : null;
    const protocolType = request.string();
    const protocols = request.array(() => ({
      name: request.string(),
      metadata: Buffer.from(request.nullableBytes() ?? []), // a copy: it outlives the request
    }));
    const answer = new Writer();
    if (version >= 2) answer.int32(0);
    try {
      const joined = await broker.groups.join(groupId, {
        memberId,
        instanceId,
        clientId,
        clientHost,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        protocolType,
        protocols,
        requiresMemberId: version >= 4,
      });
      answer.int16(joined.error).int32(joined.generation).string(joined.protocol);
      answer.string(joined.leader).string(joined.memberId);
      return answer.array(joined.members, (member) => {
        answer.string(member.id);
        if (version >= 5) answer.nullableString(member.instanceId);
        answer.bytes(member.metadata);
      });
    } catch (error) {
      return answer.int16(codeOf(error)).int32(-1).string('').string('').string(memberId).int32(0);
    }
  },
};

export const syncGroup: Api = {
  key: 14,
  name: 'SyncGroup',
  min: 0,
  max: 3,
  async handle(request, { broker, version }) {
    const groupId = request.string();
    const generation = request.int32();
    const memberId = request.string();
    const instanceId = version >= 3 ? request.nullableString() : null;
    const assignments = request.array(() => ({
      memberId: request.string(),
      assignment: request.nullableBytes() ?? Buffer.alloc(0),
    }));
    let result = failedSync(ErrorCode.NONE);
    try {
      result = await broker.groups.get(groupId).sync(memberId, instanceId, generation, assignments);
    } catch (error) {
      result = failedSync(codeOf(error));
    }
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    return answer.int16(result.error).bytes(result.assignment);
  },
};

export const heartbeat: Api = {
  key: 12,
  name: 'Heartbeat',
  min: 0,
  max: 3,
  handle(request, { broker, version }) {
    const groupId = request.string();
    const generation = request.int32();
    const memberId = request.string();
    const instanceId = version >= 3 ? request.nullableString() : null;
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    return answer.int16(errorOf(() => broker.groups.get(groupId).heartbeat(memberId, instanceId, generation)));
  },
};

export const leaveGroup: Api = {
  key: 13,
  name: 'LeaveGroup',
  min: 0,
  max: 3,
  handle(request, { broker, version }) {
    const groupId = request.string();
    const readMember = () => ({ memberId: request.string(), instanceId: request.nullableString() });
    const members = version >= 3 ? request.array(readMember) : [{ memberId: request.string(), instanceId: null }];
    const results = members.map((member) => ({
      ...member,
      error: errorOf(() => broker.groups.get(groupId).leave(member.memberId, member.instanceId)),
    }));
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    if (version < 3) return answer.int16(results[0]!.error);
    return answer.int16(ErrorCode.NONE).array(results, ({ memberId, instanceId, error }) => {
      answer.string(memberId).nullableString(instanceId).int16(error);
    });
  },
};

/** The error code of what was run, 0 when it went through. */
export function errorOf(run: () => void): number {
  try {
    run();
    return ErrorCode.NONE;
  } catch (error) {
    return codeOf(error);
  }
}
