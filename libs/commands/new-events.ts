import type { EventBody } from '#contracts/envelope.js';
import { eventDeclarations } from '#contracts/events.js';
import { derivedId } from '#contracts/ids.js';
import { type Decided, RuleViolation } from '#domain/decider.js';
import type { NewEvent } from '#event-store/codec.js';
import { currentTraceparent } from '#platform/telemetry/tracing.js';
import { saidReasonOf } from './command-meta.js';
import type { StreamCommand } from './stream-command.js';

/** An event with its data as JSON too. */
export type DecidedEvent = NewEvent & { json: string };

/** Bytes of an event's data, before what is personal is sealed. */
const LARGEST_EVENT = 256 * 1024;

/**
 * What was decided, in its envelope.
 * @param hash of the command.
 * @throws RuleViolation `event-size`
 */
export function toNewEvent<State, Command extends object, Event extends EventBody>(
  decided: Decided<Event>,
  index: number,
  { meta, subject, customerId }: StreamCommand<State, Command, Event>,
  hash: string,
): DecidedEvent {
  const { type, data, occurredAt, causationId = meta.causationId, rulesVersion } = decided;
  const { commandId, actor, reason, source, decidedBy } = meta;
  const said = saidReasonOf(meta);
  const json = JSON.stringify(data);
  refuseTooLarge(type, json);
  return {
    // The content is part of it: the store takes an append with the ids that it holds for a repetition, and a command
    // that is decided otherwise when it is sent again (by other rules, on another day) must not pass for one; nor must one
    // that gives another reason.
    eventId: derivedId('event', commandId, hash, String(index), json, ...(said === undefined ? [] : [said])),
    event: { type, data },
    json,
    metadata: {
      occurredAt,
      actor,
      reason,
      correlationId: meta.correlations?.get(causationId) ?? meta.correlationId,
      causationId,
      commandId,
      commandHash: hash,
      subject,
      customerId,
      schemaVersion: eventDeclarations.get(type)!.schemaVersion,
      source,
      decidedBy: decidedBy && { ...decidedBy, rulesVersion: decidedBy.rulesVersion ?? rulesVersion },
      traceparent: currentTraceparent(),
    },
  };
}

function refuseTooLarge(type: string, json: string): void {
  const size = Buffer.byteLength(json);
  if (size <= LARGEST_EVENT) return;
  throw new RuleViolation('invalid', 'event-size', `${type} would be ${size} bytes, of at most ${LARGEST_EVENT}.`);
}
