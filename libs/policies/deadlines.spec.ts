import type { CommandBus, ICommand } from '@nestjs/cqrs';
import type { ToComplaint } from '#commands/handlers/complaint.handler.js';
import type { ToLoyalty } from '#commands/handlers/loyalty.handler.js';
import { derivedId } from '#contracts/ids.js';
import type { DueDeadline } from '#domain/deadline.js';
import { RuleViolation } from '#domain/decider.js';
import { commandFor, commandIdOf } from './deadlines.js';
import { toFiring } from './firing.js';

const complaintId = derivedId('complaint', 'spec', '1');
const due: DueDeadline = {
  kind: 'complaintResolution',
  owner: `complaint-${complaintId}`,
  dueAt: '2026-06-15T09:00:00Z',
  causationId: derivedId('event', '1'),
  correlationId: derivedId('correlation', '1'),
};

function busOf(handle: (command: ICommand) => object): CommandBus {
  return { execute: async (command: ICommand) => handle(command) } as unknown as CommandBus;
}

describe('the command for a deadline of a complaint', () => {
  it.each([
    ['complaintAcknowledgement', 'acknowledgement'],
    ['complaintResolution', 'resolution'],
  ] as const)('says of %s that the %s is late', (kind, metric) => {
    const command = commandFor({ ...due, kind }) as ToComplaint;
    expect(command.complaintId).toBe(complaintId);
    expect(command.command).toEqual({ type: 'RecordSlaBreach', metric, dueAt: due.dueAt });
  });

  it('happened when the deadline passed, by a policy, because of the event that set it', () => {
    expect((commandFor(due) as ToComplaint).meta).toEqual({
      commandId: commandIdOf(due),
      actor: { id: 'complaintResolution', kind: 'policy' },
      occurredAt: due.dueAt,
      causationId: due.causationId,
      correlationId: due.correlationId,
      decidedBy: { policy: 'complaintResolution' },
    });
  });

  it('has an id of its own for each owner, kind, matter and time, and the same each time', () => {
    const others = [
      due,
      { ...due, kind: 'complaintAcknowledgement' as const },
      { ...due, owner: 'complaint-2' },
      { ...due, about: '2' },
      { ...due, dueAt: '2026-06-15T09:00:01Z' },
    ];
    expect(new Set(others.map(commandIdOf)).size).toBe(others.length);
    expect(commandIdOf({ ...due, causationId: derivedId('event', '2') })).toBe(commandIdOf(due));
  });
});

describe('the command for a deadline of a ledger', () => {
  const customerId = derivedId('customer', 'spec', '1');
  const ofLedger = { ...due, owner: `loyalty-${customerId}`, dueAt: '2026-06-15T00:00:00Z' };

  it('announces what has expired from its day on, or reviews the level', () => {
    const expire = commandFor({ ...ofLedger, kind: 'pointsExpiry' }) as ToLoyalty;
    expect([expire.customerId, expire.command]).toEqual([
      customerId,
      { type: 'ExpirePoints', expiredFrom: '2026-06-15' },
    ]);
    const review = commandFor({ ...ofLedger, kind: 'loyaltyReview' }) as ToLoyalty;
    expect([review.customerId, review.command]).toEqual([customerId, { type: 'ReviewLoyaltyLevel' }]);
  });
});

describe('firing', () => {
  it('answers the position of what was appended', async () => {
    expect(
      await toFiring(
        busOf(() => ({ position: 7n })),
        () => {},
      )(due),
    ).toBe(7n);
  });

  it('passes over a command that the domain refuses, and tells of it', async () => {
    const refused: string[] = [];
    const bus = busOf(() => {
      throw new RuleViolation('conflict', 'spec-rule', 'Refused.');
    });
    expect(await toFiring(bus, (_, { rule }) => refused.push(rule))(due)).toBeUndefined();
    expect(refused).toEqual(['spec-rule']);
  });

  it('throws any other error, so that it is tried again', async () => {
    const bus = busOf(() => {
      throw new Error('The event store is away.');
    });
    await expect(toFiring(bus, () => {})(due)).rejects.toThrow('away');
  });
});
