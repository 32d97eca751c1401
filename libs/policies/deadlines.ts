import type { Command } from '@nestjs/cqrs';
import type { Outcome } from '#commands/command-ledger.js';
import type { CommandMeta } from '#commands/command-meta.js';
import { ToComplaint } from '#commands/handlers/complaint.handler.js';
import { ToLoyalty } from '#commands/handlers/loyalty.handler.js';
import type { ComplaintMetric } from '#contracts/codes.js';
import { idInStream } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { DueDeadline } from '#domain/deadline.js';
import { unreachable } from '#domain/decider.js';

/** What is done when a deadline passes; undefined where nothing is yet. Pure: the same deadline, the same command. */
export function commandFor(due: DueDeadline): Command<Outcome> | undefined {
  switch (due.kind) {
    case 'complaintAcknowledgement':
      return recordBreach(due, 'acknowledgement');
    case 'complaintResolution':
      return recordBreach(due, 'resolution');
    case 'pointsExpiry': {
      const expiredFrom = due.dueAt.slice(0, 10);
      return new ToLoyalty(idInStream(due.owner), { type: 'ExpirePoints', expiredFrom }, metaOf(due));
    }
    case 'loyaltyReview':
      return new ToLoyalty(idInStream(due.owner), { type: 'ReviewLoyaltyLevel' }, metaOf(due));
    default:
      return unreachable(due.kind);
  }
}

/** The command's id names the deadline: however often it is fired, it is one command. */
export function commandIdOf({ kind, owner, about, dueAt }: DueDeadline): string {
  return derivedId('timer', kind, owner, about ?? '', dueAt);
}

/** It happened when the deadline passed, whenever somebody was there to see it. */
function metaOf(due: DueDeadline): CommandMeta {
  return {
    commandId: commandIdOf(due),
    actor: { id: due.kind, kind: 'policy' },
    occurredAt: due.dueAt,
    correlationId: due.correlationId,
    causationId: due.causationId,
    decidedBy: { policy: due.kind },
  };
}

function recordBreach(due: DueDeadline, metric: ComplaintMetric): ToComplaint {
  const { dueAt } = due;
  return new ToComplaint(idInStream(due.owner), { type: 'RecordSlaBreach', metric, dueAt }, metaOf(due));
}
