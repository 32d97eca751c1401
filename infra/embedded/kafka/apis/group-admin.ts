import { ErrorCode } from '../errors.js';
import { Writer } from '../wire.js';
import type { Api } from './api.js';
import { errorOf } from './groups.js';
import { NO_OPERATIONS } from './metadata.js';

export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  min: 0,
  max: 4,
  handle(request, { broker, version }) {
    const names = request.array(() => request.string());
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    return answer.array(names, (name) => {
      const group = broker.groups.find(name);
      const status = broker.groups.exists(name) ? (group?.status ?? 'Empty') : 'Dead';
      const isStable = group?.status === 'Stable';
      answer
        .int16(ErrorCode.NONE)
        .string(name)
        .string(status)
        .string(group?.protocolType ?? '');
      answer.string(isStable ? group.protocol : '');
      answer.array([...(group?.members.values() ?? [])], (member) => {
        answer.string(member.id);
        if (version >= 4) answer.nullableString(member.instanceId);
        answer.string(member.clientId).string(member.clientHost);
        answer.bytes(isStable ? member.metadataFor(group.protocol) : Buffer.alloc(0));
        answer.bytes(isStable ? member.assignment : Buffer.alloc(0));
      });
      if (version >= 3) answer.int32(NO_OPERATIONS);
    });
  },
};

export const listGroups: Api = {
  key: 16,
  name: 'ListGroups',
  min: 0,
  max: 2,
  handle(_request, { broker, version }) {
    const answer = new Writer();
    if (version >= 1) answer.int32(0);
    answer.int16(ErrorCode.NONE);
    return answer.array(broker.groups.names(), (name) => {
      answer.string(name).string(broker.groups.find(name)?.protocolType ?? '');
    });
  },
};

export const deleteGroups: Api = {
  key: 42,
  name: 'DeleteGroups',
  min: 0,
  max: 1,
  async handle(request, { broker }) {
    const names = request.array(() => request.string());
    const results = names.map((name) => ({ name, error: errorOf(() => broker.groups.delete(name)) }));
    await broker.store.flushed();
    const answer = new Writer().int32(0);
    return answer.array(results, ({ name, error }) => answer.string(name).int16(error));
  },
};
