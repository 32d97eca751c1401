import type { Admin, Consumer, Kafka } from 'kafkajs';
import { TestBroker, until } from './spec-support.js';

const TOPIC = 'shared';
const [OFFSET_COMMIT, JOIN_GROUP] = [8, 11];

describe('consumer groups', () => {
  const broker = new TestBroker();
  let kafka: Kafka;
  let admin: Admin;
  const open: Consumer[] = [];

  beforeAll(async () => {
    await broker.start();
    kafka = broker.kafka();
    admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 4 }] });
  });
  afterEach(async () => {
    for (const consumer of open.splice(0)) await consumer.disconnect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await broker.remove();
  });

  /** A running consumer, and the partitions that it holds at any time. */
  const consume = async (groupId: string, onMessage: (value: string) => void = () => {}) => {
    const consumer = kafka.consumer({
      ...{ groupId, sessionTimeout: 600, heartbeatInterval: 50, rebalanceTimeout: 2000, maxWaitTimeInMs: 30 },
    });
    let partitions: number[] = [];
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      partitions = [...(payload.memberAssignment[TOPIC] ?? [])];
    });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => onMessage(String(message.value)) });
    open.push(consumer);
    return { consumer, partitions: () => partitions };
  };
  const hasPartitions = (count: number, ...consumers: { partitions: () => number[] }[]) =>
    until(async () => {
      const held = consumers.map((each) => each.partitions());
      return held.every((each) => each.length === count) ? held.flat().sort() : undefined;
    });

  it('share the partitions out, and again when a member comes or leaves', async () => {
    const first = await consume('sharing');
    expect(await hasPartitions(4, first)).toEqual([0, 1, 2, 3]);
    const second = await consume('sharing');
    expect(await hasPartitions(2, first, second)).toEqual([0, 1, 2, 3]);
    const { groups } = await admin.describeGroups(['sharing']);
    expect(groups[0]).toMatchObject({ state: 'Stable', protocolType: 'consumer', protocol: 'RoundRobinAssigner' });
    expect(groups[0]!.members).toHaveLength(2);
    await first.consumer.disconnect();
    expect(await hasPartitions(4, second)).toEqual([0, 1, 2, 3]);
  });

  it('rebalance when a member vanishes without a word', async () => {
    const first = await consume('vanishing');
    expect(await hasPartitions(4, first)).toHaveLength(4);
    const join = (memberId: string) =>
      broker.request(JOIN_GROUP, 4, (body) => {
        body.string('vanishing').int32(300).int32(300).string(memberId).string('consumer');
        const name = 'RoundRobinAssigner';
        return body.array([name], () => body.string(name).bytes(Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 0])));
      });
    const refused = (await join(''))!;
    refused.int32();
    expect(refused.int16()).toBe(79); // MEMBER_ID_REQUIRED
    refused.int32();
    refused.string();
    refused.string();
    const joined = (await join(refused.string()))!; // and is never heard of again
    joined.int32();
    expect(joined.int16()).toBe(0);
    const count = async () => (await admin.describeGroups(['vanishing'])).groups[0]!;
    await until(async () => {
      const group = await count();
      return group.state === 'Stable' && group.members.length === 1 ? true : undefined;
    });
    expect(await hasPartitions(4, first)).toHaveLength(4);
  });

  it('go on where they committed, after a restart of the broker too', async () => {
    const producer = kafka.producer();
    await producer.connect();
    const send = (...values: string[]) =>
      producer.send({ topic: TOPIC, messages: values.map((value) => ({ key: value, value })) });
    await send('1', '2', '3');
    const seen: string[] = [];
    const first = await consume('going-on', (value) => seen.push(value));
    await until(async () => (seen.length === 3 ? true : undefined));
    await first.consumer.disconnect();
    await producer.disconnect();
    await broker.kill();
    await broker.start();
    await producer.connect();
    await send('4');
    await consume('going-on', (value) => seen.push(value));
    await until(async () => (seen.length > 3 ? true : undefined));
    expect([...seen].sort()).toEqual(['1', '2', '3', '4']);
    await producer.disconnect();
  });

  it('take an offset from outside only while they have no members, and only for partitions there are', async () => {
    const commit = async (group: string, generation: number, memberId: string, partition = 0, metadata = 'm') => {
      const answer = (await broker.request(OFFSET_COMMIT, 2, (body) => {
        body.string(group).int32(generation).string(memberId).int64(-1);
        return body.array([0], () =>
          body.string(TOPIC).array([0], () => body.int32(partition).int64(7).nullableString(metadata)),
        );
      }))!;
      return answer.array(() => [answer.string(), answer.array(() => [answer.int32(), answer.int16()][1])])[0]![1];
    };
    expect(await commit('simple', -1, '')).toEqual([0]);
    expect(await commit('simple', -1, '', 99)).toEqual([3]); // UNKNOWN_TOPIC_OR_PARTITION
    expect(await commit('simple', -1, '', 0, 'x'.repeat(4097))).toEqual([12]); // OFFSET_METADATA_TOO_LARGE
    expect(await commit('simple', 3, 'someone')).toEqual([22]); // ILLEGAL_GENERATION
    expect(await commit('', -1, '')).toEqual([24]); // INVALID_GROUP_ID
    const { consumer } = await consume('managed');
    await until(async () =>
      (await admin.describeGroups(['managed'])).groups[0]!.state === 'Stable' ? true : undefined,
    );
    expect(await commit('managed', -1, '')).toEqual([25]); // UNKNOWN_MEMBER_ID
    await consumer.disconnect();
    expect(await commit('managed', -1, '')).toEqual([0]);
    expect(await admin.fetchOffsets({ groupId: 'simple' })).toEqual([
      { topic: TOPIC, partitions: [{ partition: 0, offset: '7', metadata: 'm' }] },
    ]);
  });

  it('refuse a session timeout out of bounds (INVALID_SESSION_TIMEOUT, 26)', async () => {
    const answer = (await broker.request(JOIN_GROUP, 0, (body) =>
      body
        .string('g')
        .int32(10)
        .string('')
        .string('consumer')
        .array([], () => {}),
    ))!;
    expect(answer.int16()).toBe(26);
  });

  it('are listed, described and deleted: not with members (68), not when there is none (69)', async () => {
    const { consumer } = await consume('listed');
    await until(async () =>
      (await admin.describeGroups(['listed'])).groups[0]!.state === 'Stable' ? true : undefined,
    );
    expect((await admin.listGroups()).groups).toContainEqual({ groupId: 'listed', protocolType: 'consumer' });
    const deleting = (groupId: string) => admin.deleteGroups([groupId]);
    await expect(deleting('listed')).rejects.toMatchObject({ groups: [{ errorCode: 68 }] });
    await consumer.disconnect();
    await admin.setOffsets({ groupId: 'listed', topic: TOPIC, partitions: [{ partition: 0, offset: '1' }] });
    expect((await admin.describeGroups(['listed'])).groups[0]!.state).toBe('Empty');
    await deleting('listed');
    expect((await admin.describeGroups(['listed'])).groups[0]!.state).toBe('Dead');
    await expect(deleting('listed')).rejects.toMatchObject({ groups: [{ errorCode: 69 }] });
  });

  it('do not keep the broker from ending while members wait for each other', async () => {
    const join = () =>
      broker.request(JOIN_GROUP, 0, (body) => {
        body.string('ending').int32(60_000).string('').string('consumer');
        return body.array(['range'], (name) => body.string(name).bytes(Buffer.alloc(0)));
      });
    expect((await join())!.int16()).toBe(0);
    const waiting = join(); // until the first member joins again
    await until(async () => {
      const [group] = (await admin.describeGroups(['ending'])).groups;
      return group!.state === 'PreparingRebalance' ? true : undefined;
    });
    await admin.disconnect();
    expect(await broker.stop()).toBe(0);
    expect((await waiting)!.int16()).toBe(15); // COORDINATOR_NOT_AVAILABLE
  });
});
