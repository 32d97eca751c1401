import { AssessRisk } from '#commands/handlers/retention.handler.js';
import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { isHistory } from '#domain/retention/history.js';
import type { SignInEvent } from '#domain/retention/signs.js';
import type { Policy } from './policy.js';
import { signOf } from './risk-signs.js';

/** Of one command. Each may become an event of some KiB, and an append takes 1 MiB at the most. */
const MOST_SIGNS = 50;

interface Seen {
  sign: SignInEvent;
  correlationId: string;
}

/**
 * The published rules assess the risk that a customer leaves, whenever something happens that bears on it. It speaks of
 * the present, so it begins at the head. What follows from a high risk is for people to decide.
 */
export const assessRisk: Policy = {
  name: 'assess_risk',
  startAt: 'head',
  react: (events) =>
    [...byCustomer(events)].flatMap(([customerId, seen]) => inParts(seen).map((part) => toCommand(customerId, part))),
};

function byCustomer(events: Recorded<RapportEvent>[]): Map<string, Seen[]> {
  const customers = new Map<string, Seen[]>();
  for (const event of events) {
    const { customerId, correlationId } = event.metadata;
    const sign = customerId === undefined || isHistory(event) ? undefined : signOf(event);
    if (sign === undefined) continue;
    const seen = customers.get(customerId!);
    if (seen) seen.push({ sign, correlationId });
    else customers.set(customerId!, [{ sign, correlationId }]);
  }
  return customers;
}

function inParts(seen: Seen[]): Seen[][] {
  const count = Math.ceil(seen.length / MOST_SIGNS);
  return Array.from({ length: count }, (_, part) => seen.slice(part * MOST_SIGNS, (part + 1) * MOST_SIGNS));
}

function toCommand(customerId: string, seen: Seen[]): AssessRisk {
  const signs = seen.map(({ sign }) => sign);
  const last = seen.at(-1)!;
  return new AssessRisk(customerId, signs, {
    commandId: derivedId('policy', assessRisk.name, ...signs.map(({ eventId }) => eventId)),
    actor: { id: assessRisk.name, kind: 'policy' },
    occurredAt: last.sign.occurredAt,
    correlationId: last.correlationId,
    causationId: last.sign.eventId,
    correlations: new Map(seen.map(({ sign, correlationId }) => [sign.eventId, correlationId])),
    decidedBy: { policy: assessRisk.name },
  });
}
