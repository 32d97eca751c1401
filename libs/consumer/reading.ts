import { type EventDeclaration, type EventType, eventDeclarations } from '#contracts/events.js';
import { isInstant, isJsonObject } from '#contracts/fields.js';
import { isUuid } from '#contracts/ids.js';
import { valueAt } from '#contracts/paths.js';
import { personalPathsOf } from '#contracts/personal-data.js';
import { NewerVersion, upcast } from '#contracts/upcasters.js';
import { InvalidFields, parse } from '#contracts/validation.js';
import type { EventFacts, ReceivedEvent, UnknownEvent } from './received-event.js';
import type { SourceRecord } from './source-record.js';

/** A record that is no event, or whose data break the contract. */
export class InvalidEvent extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'InvalidEvent';
  }
}

/** The type that a record says it has; not whether anything else in it is sound. */
export function typeOf({ headers }: SourceRecord): string | undefined {
  return headers.ce_type;
}

/** Whether this version of the contract knows the type. */
export function isKnownType(type: string | undefined): type is EventType {
  return type !== undefined && eventDeclarations.has(type);
}

/**
 * The event in a record, its data of the current schema version.
 * @throws InvalidEvent: trying again would not help.
 */
export function readEvent(record: SourceRecord): ReceivedEvent | UnknownEvent {
  const type = typeOf(record);
  if (type === undefined) throw new InvalidEvent('It has no ce_type: it is no CloudEvent in binary mode.');
  const facts = factsOf(record);
  const data = jsonOf(record);
  const declaration = eventDeclarations.get(type);
  if (declaration === undefined) return { ...facts, type, data };
  if (!isJsonObject(data)) throw new InvalidEvent('Its data are no JSON object.');
  const current = lifted(type, facts.schemaVersion, data);
  refuseBroken(declaration, current);
  return { ...facts, type, data: current } as ReceivedEvent;
}

function lifted(type: string, version: number, data: object): object {
  if (!Number.isSafeInteger(version) || version < 1) throw new InvalidEvent('Its ce_schemaversion is no version.');
  try {
    return upcast(type, version, data);
  } catch (error) {
    if (error instanceof NewerVersion) throw new InvalidEvent(error.message);
    throw new InvalidEvent(`Its data could not be lifted from version ${version}: ${(error as Error).message}`);
  }
}

function jsonOf({ value }: SourceRecord): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    throw new InvalidEvent('Its value is no JSON.');
  }
}

function factsOf({ headers, timestamp }: SourceRecord): EventFacts {
  const { ce_id: id, ce_time: occurredAt, ce_position: position, ce_revision: revision } = headers;
  if (!isUuid(id)) throw new InvalidEvent('Its ce_id is no UUID.');
  if (!isInstant(occurredAt)) throw new InvalidEvent('Its ce_time is no RFC 3339 instant in UTC.');
  if (!isWhole(position)) throw new InvalidEvent('Its ce_position is no whole number.');
  if (!isWhole(revision)) throw new InvalidEvent('Its ce_revision is no whole number.');
  return {
    id,
    streamId: headers.ce_subject ?? '',
    revision: Number(revision),
    position: BigInt(position),
    ...(headers.ce_customerid !== undefined && { customerId: headers.ce_customerid }),
    occurredAt,
    recordedAt: new Date(Number(timestamp)).toISOString(),
    correlationId: headers.ce_correlationid ?? '',
    causationId: headers.ce_causationid ?? '',
    schemaVersion: Number(headers.ce_schemaversion),
  };
}

function isWhole(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,20}$/.test(text);
}

/**
 * Checked is what an older contract can judge: a field or code that it does not know may be a newer one's, and personal
 * data may have been left out.
 */
function refuseBroken({ data: declared }: EventDeclaration, data: object): void {
  try {
    parse(declared, data);
  } catch (error) {
    if (!(error instanceof InvalidFields)) throw error;
    const personal = personalPathsOf(declared);
    const broken = error.fields.filter(({ field, rule }) => {
      if (rule === 'unknown') return false;
      const value = valueAt(data, field);
      if (rule === 'code') return typeof value !== 'string';
      if (rule === 'codes') return !isListOfTexts(value);
      return value !== undefined || !personal.includes(field);
    });
    if (broken.length > 0) throw new InvalidEvent(broken.map(({ message }) => message).join('; '));
  }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
