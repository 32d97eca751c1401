import { jest } from '@jest/globals';
import { Group } from './group.js';
import type { JoinRequest, JoinResult } from './group-member.js';

const request = (changes: Partial<JoinRequest> = {}): JoinRequest => ({
  memberId: '',
  instanceId: null,
  clientId: 'client',
  clientHost: '/127.0.0.1',
  sessionTimeoutMs: 1000,
  rebalanceTimeoutMs: 5000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('m') }],
  requiresMemberId: false,
  ...changes,
});

const assignTo = (...ids: string[]) => ids.map((memberId) => ({ memberId, assignment: Buffer.from(memberId) }));

describe('a consumer group', () => {
  let group: Group;
  let first: JoinResult;

  beforeEach(async () => {
    jest.useFakeTimers();
    group = new Group('g', 0);
    first = await group.join(request());
  });
  afterEach(() => jest.useRealTimers());

  const makeStable = async () => group.sync(first.memberId, null, first.generation, assignTo(first.memberId));

  it('goes from Empty over CompletingRebalance to Stable', async () => {
    expect(new Group('g', 0).status).toBe('Empty');
    expect(group.status).toBe('CompletingRebalance');
    expect(first).toMatchObject({ error: 0, generation: 1, leader: first.memberId, protocol: 'range' });
    expect(await makeStable()).toEqual({ error: 0, assignment: Buffer.from(first.memberId) });
    expect(group.status).toBe('Stable');
  });

  it('first gives a new member its id (MEMBER_ID_REQUIRED, 79), and waits for it no longer than its session', async () => {
    const other = new Group('g', 0);
    const refused = await other.join(request({ requiresMemberId: true }));
    expect(refused.error).toBe(79);
    expect(await other.join(request({ memberId: refused.memberId }))).toMatchObject({ error: 0, generation: 1 });
    await makeStable();
    await group.join(request({ requiresMemberId: true }));
    const second = group.join(request());
    void group.join(request({ memberId: first.memberId }));
    expect(group.status).toBe('PreparingRebalance');
    jest.advanceTimersByTime(1000);
    expect(await second).toMatchObject({ error: 0, generation: 2 });
  });

  it('tells its members of a rebalance (REBALANCE_IN_PROGRESS, 27) and waits for them to join again', async () => {
    await makeStable();
    const second = group.join(request());
    expect(() => group.heartbeat(first.memberId, null, 1)).toThrow(expect.objectContaining({ code: 27 }));
    expect(await group.sync(first.memberId, null, 1, [])).toMatchObject({ error: 27 });
    const again = await group.join(request({ memberId: first.memberId }));
    expect(again.members).toHaveLength(2);
    const { memberId } = await second;
    const waiting = group.sync(memberId, null, 2, []);
    await group.sync(first.memberId, null, 2, assignTo(first.memberId, memberId));
    expect(await waiting).toEqual({ error: 0, assignment: Buffer.from(memberId) });
  });

  it('knows neither strangers (UNKNOWN_MEMBER_ID, 25) nor other generations (ILLEGAL_GENERATION, 22)', async () => {
    await makeStable();
    expect(await group.join(request({ memberId: 'stranger' }))).toMatchObject({ error: 25 });
    expect(() => group.heartbeat('stranger', null, 1)).toThrow(expect.objectContaining({ code: 25 }));
    expect(() => group.sync('stranger', null, 1, [])).toThrow(expect.objectContaining({ code: 25 }));
    expect(() => group.leave('stranger', null)).toThrow(expect.objectContaining({ code: 25 }));
    expect(() => group.heartbeat(first.memberId, null, 0)).toThrow(expect.objectContaining({ code: 22 }));
    expect(() => group.sync(first.memberId, null, 2, [])).toThrow(expect.objectContaining({ code: 22 }));
  });

  it('refuses a member that shares no protocol with the others (INCONSISTENT_GROUP_PROTOCOL, 23)', async () => {
    const protocols = [{ name: 'sticky', metadata: Buffer.alloc(0) }];
    expect(await group.join(request({ protocols }))).toMatchObject({ error: 23 });
    expect(await group.join(request({ protocolType: 'connect' }))).toMatchObject({ error: 23 });
  });

  it('goes on without a member whose session ends', async () => {
    await makeStable();
    const second = group.join(request());
    jest.advanceTimersByTime(1000); // the first member gives no sign of life
    expect(await second).toMatchObject({ error: 0, generation: 2, leader: (await second).memberId });
    expect(() => group.heartbeat(first.memberId, null, 2)).toThrow(expect.objectContaining({ code: 25 }));
  });

  it('goes on without a member that lives but does not join again in the rebalance timeout', async () => {
    await makeStable();
    const second = group.join(request());
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(500);
      try {
        group.heartbeat(first.memberId, null, 1);
      } catch {}
    }
    expect(await second).toMatchObject({ error: 0, generation: 2 });
    expect([...group.members.keys()]).toEqual([(await second).memberId]);
  });

  it('keeps a member whose heartbeats come', async () => {
    await makeStable();
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(900);
      group.heartbeat(first.memberId, null, 1);
    }
    expect(group.status).toBe('Stable');
  });

  it('is Empty again when the last member leaves', async () => {
    await makeStable();
    group.leave(first.memberId, null);
    expect(group.status).toBe('Empty');
    expect(group.isUnused).toBe(true);
  });

  it('fences the old member when a static one comes back (FENCED_INSTANCE_ID, 82)', async () => {
    const other = new Group('g', 0);
    const before = await other.join(request({ instanceId: 'i' }));
    const after = await other.join(request({ instanceId: 'i' }));
    expect(after.error).toBe(0);
    const heartbeat = () => other.heartbeat(before.memberId, 'i', after.generation);
    expect(heartbeat).toThrow(expect.objectContaining({ code: 82 }));
  });
});
