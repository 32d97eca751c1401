import pLimit from 'p-limit';
import type { RapportEvent } from '#contracts/events.js';
import { streamOf } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import type { NewEvent } from '#event-store/codec.js';
import { type EventStore, NO_REVISION } from '#event-store/event-store.js';

/** So many events has each customer: acquired, consents, purchases, a call, an answer. */
export const EVENTS_A_CUSTOMER = 10;
const PURCHASES = 6;
const IN_FLIGHT = 512;

export const customerOf = (n: number) => derivedId('customer', 'bench', String(n));

/**
 * Fills the store with histories: the events of a customer lie as far apart as they can, as they do in a shop's life.
 * Every name is sealed under a key of its own.
 */
export async function seed(store: EventStore, customers: number): Promise<void> {
  const limit = pLimit(IN_FLIGHT);
  for (let round = 0; round < PURCHASES + 3; round += 1) {
    const pending: Promise<unknown>[] = [];
    for (let n = 0; n < customers; n += 1) {
      const { streamId, events } = appendOf(n, round);
      pending.push(limit(() => store.append(streamId, NO_REVISION, events)));
      if (pending.length === 20 * IN_FLIGHT) await Promise.all(pending.splice(0));
    }
    await Promise.all(pending);
  }
}

function appendOf(n: number, round: number): { streamId: string; events: NewEvent[] } {
  const customerId = customerOf(n);
  const occurredAt = new Date(Date.UTC(2026, round, 1 + (n % 27), n % 24, n % 60)).toISOString();
  const id = derivedId('bench', String(n), String(round));
  const made = (category: 'purchase' | 'interaction' | 'satisfaction', event: RapportEvent) => ({
    streamId: streamOf(category, id),
    events: [newEvent(event, id, 0, customerId, occurredAt)],
  });
  if (round === 0) {
    const acquired: RapportEvent = {
      type: 'CustomerAcquired',
      data: {
        partyKind: 'person',
        roles: ['endConsumer'],
        channel: 'web',
        name: `Nguyễn Thị Hoa ${n}`,
        externalIdentity: { system: 'bench', id: String(n) },
      },
    };
    const consent: RapportEvent = { type: 'ConsentGranted', data: { purpose: 'marketing', basis: 'consent' } };
    return {
      streamId: streamOf('customer', customerId),
      events: [acquired, consent].map((event, index) => newEvent(event, id, index, customerId, occurredAt)),
    };
  }
  if (round === 1) {
    return made('interaction', {
      type: 'InteractionRecorded',
      data: {
        customerId,
        channel: 'phone',
        direction: 'inbound',
        phase: 'before',
        purpose: 'enquiry',
        startedAt: occurredAt,
      },
    });
  }
  if (round === 2) {
    const score = n % 11;
    return made('satisfaction', {
      type: 'NpsAnswered',
      data: { surveyId: `s-${id}`, customerId, scale: { min: 0, max: 10 }, score },
    });
  }
  return made('purchase', purchaseOf(customerId, id, n, round));
}

function purchaseOf(customerId: string, id: string, n: number, round: number): RapportEvent {
  const total = 500 + ((n * 37 + round * 101) % 20_000);
  return {
    type: 'CustomerPurchased',
    data: {
      customerId,
      externalOrderId: { system: 'bench', id },
      currency: n % 5 === 0 ? 'VND' : 'USD',
      channel: 'web',
      lines: [{ lineId: '1', productId: `p-${n % 997}`, kind: 'product', quantity: 1 + (n % 4), total }],
      subtotal: total,
      discount: 0,
      shipping: 0,
      tax: 0,
      total,
    },
  };
}

function newEvent(
  event: RapportEvent,
  commandId: string,
  index: number,
  customerId: string,
  occurredAt: string,
): NewEvent {
  return {
    eventId: derivedId('event', commandId, String(index)),
    event,
    metadata: {
      occurredAt,
      actor: { id: 'bench', kind: 'import' },
      correlationId: commandId,
      causationId: commandId,
      commandId,
      commandHash: commandId,
      subject: { kind: 'customer', id: customerId },
      customerId,
      schemaVersion: 1,
      source: 'bench',
    },
  };
}
