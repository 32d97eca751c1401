import type { Recorded } from '#contracts/envelope.js';
import type { RapportEvent } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { SPEC_TIME } from './decider-spec.js';

/** An event of a projection's or policy's spec: what the spec does not care about is filled in. */
export type Happening<Event extends RapportEvent = RapportEvent> = Event & {
  customerId?: string;
  occurredAt?: string;
  streamId?: string;
};

export const SPEC_CUSTOMER = derivedId('customer', 'spec', '1');

const ENROLLED: RapportEvent = { type: 'LoyaltyEnrolled', data: { customerId: SPEC_CUSTOMER } };

/** A recorded event about which nothing matters but what is given. */
export function recorded(given: Partial<Recorded<RapportEvent>> = {}): Recorded<RapportEvent> {
  const position = given.position ?? 0n;
  const commandId = derivedId('command', String(position));
  return {
    ...ENROLLED,
    eventId: derivedId('event', String(position)),
    streamId: `loyalty-${SPEC_CUSTOMER}`,
    revision: 0,
    position,
    recordedAt: SPEC_TIME,
    metadata: {
      occurredAt: SPEC_TIME,
      actor: { id: 'spec', kind: 'service' },
      correlationId: commandId,
      causationId: commandId,
      commandId,
      commandHash: 'hash',
      subject: { kind: 'customer', id: SPEC_CUSTOMER },
      customerId: SPEC_CUSTOMER,
      schemaVersion: 1,
    },
    ...given,
  } as Recorded<RapportEvent>;
}

/** A history, positions 1, 2, 3 …; without a customer of its own an event is about the spec's. */
export function history(happenings: Happening[]): Recorded<RapportEvent>[] {
  return happenings.map(({ customerId = SPEC_CUSTOMER, occurredAt = SPEC_TIME, streamId, type, data }, index) => {
    const position = BigInt(index + 1);
    const base = recorded({ position });
    return recorded({
      type,
      data,
      position,
      streamId: streamId ?? `customer-${customerId}`,
      metadata: { ...base.metadata, occurredAt, customerId, subject: { kind: 'customer', id: customerId } },
    } as Partial<Recorded<RapportEvent>>);
  });
}
