import { emptyLedger } from '#domain/loyalty/state.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { answerOf } from '#read-models/customer-360/customer-360.query.js';
import type { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import type { HistoryEvent } from '#read-models/history/history-event.js';
import { history } from '#testing/recorded.js';
import { eventLines, viewLines } from './lines.js';

const events = history([
  {
    type: 'CustomerAcquired',
    data: { partyKind: 'person', roles: ['endConsumer'], channel: 'web', name: 'Hoa\n\u001b[2JNguyễn' },
    occurredAt: '2026-01-31T08:15:00Z',
  },
]);

describe('an audit', () => {
  it('tells the view a line a field, without what is not known', () => {
    const row = events.reduce<Customer360 | undefined>((row, event) => customer360.evolve(row, event), undefined)!;
    const lines = viewLines(answerOf(row, emptyLedger, [], '2026-06-15'));
    expect(lines[0]).toBe(`Customer Hoa [2JNguyễn (${row.customerId})`);
    expect(lines.map((line) => line.trim().split(/\s+/))).toEqual(
      expect.arrayContaining([
        ['roles.0', 'endConsumer'],
        ['customerStage', 'active'],
        ['acquiredAt', '2026-01-31T08:15:00.000Z'],
      ]),
    );
    expect(lines.join()).not.toMatch(/null|undefined/);
  });

  it('tells of an event what happened and when, who did it and why, and what it says', () => {
    const { metadata, position, streamId: stream, ...event } = events[0]!;
    const { subject: _s, commandHash: _h, customerId, ...kept } = metadata;
    const told: HistoryEvent = {
      ...event,
      ...kept,
      stream,
      customerId: customerId!,
      position: String(position),
      actor: { id: 'mai', kind: 'employee', department: 'sales' },
      reason: 'fair',
      decidedBy: { policy: 'welcome', rulesVersion: 2 },
    };
    expect(eventLines(told)).toEqual([
      '2026-01-31T08:15:00Z  CustomerAcquired',
      '    by         mai (employee), sales, decided by welcome, rules version 2',
      '    because    fair',
      `    recorded   ${event.recordedAt} at 1, ${stream} revision 0`,
      `    event      ${event.eventId}, caused by ${kept.causationId}`,
      '    partyKind  person',
      '    roles.0    endConsumer',
      '    channel    web',
      '    name       Hoa [2JNguyễn',
    ]);
  });
});
