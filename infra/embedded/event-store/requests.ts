import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from './append-rules.js';
import { type ProposedMessage, uuidText } from './batch-append-request.js';
import { invalidArgument, Refused } from './errors.js';
import { createFilter, type Filter } from './filters.js';
import type { ProposedEvent } from './recorded-event.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const END = '18446744073709551615';
/** Events between checkpoints when the client names no window. */
const DEFAULT_WINDOW = 32;

export function streamNameOf(identifier: sharedPb.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
}

function idTextOf(uuid: sharedPb.UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (!structured) return uuid?.getString() ?? '';
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(structured.getMostSignificantBits())), 0);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(structured.getLeastSignificantBits())), 8);
  return uuidText(bytes);
}

/**
 * Checks an event that a client proposes.
 * @throws Refused when a property is missing or the id is none.
 */
export function checkedEvent(message: ProposedMessage): ProposedEvent {
  const { type, contentType } = message;
  if (!type || !contentType) {
    const missing = [...(type ? [] : ['type']), ...(contentType ? [] : ['content-type'])];
    throw new Refused({ kind: 'missing-required-metadata-property', properties: missing.join(',') });
  }
  const id = message.id.toLowerCase();
  if (!UUID.test(id)) throw invalidArgument(`'${id.slice(0, 64)}' is not a UUID.`);
  return { id, type, contentType, metadata: message.metadata, data: message.data };
}

export function proposedEvent(message: streamsPb.AppendReq.ProposedMessage): ProposedEvent {
  const properties = message.getMetadataMap();
  return checkedEvent({
    id: idTextOf(message.getId()),
    type: properties.get('type') ?? '',
    contentType: properties.get('content-type') ?? '',
    metadata: Buffer.from(message.getCustomMetadata_asU8()),
    data: Buffer.from(message.getData_asU8()),
  });
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(options: ExpectedOptions, revision: string): number {
  if (options.hasAny()) return ANY;
  if (options.hasNoStream()) return NO_STREAM;
  if (options.hasStreamExists()) return STREAM_EXISTS;
  return Number(revision);
}

type ReadOptions = streamsPb.ReadReq.Options;

/** The revision a stream read begins with, undefined for the end. */
export function revisionOf(options: streamsPb.ReadReq.Options.StreamOptions): number | undefined {
  if (options.hasEnd() || options.getRevision() === END) return undefined;
  return options.hasRevision() ? Number(options.getRevision()) : 0;
}

export function filterOf(options: ReadOptions): Filter | undefined {
  const filter = options.getFilter();
  if (!filter) return undefined;
  const expression = filter.getEventType() ?? filter.getStreamIdentifier();
  if (!expression) throw invalidArgument('The filter names neither event types nor streams.');
  const multiplier = filter.getCheckpointintervalmultiplier();
  if (multiplier < 1) throw invalidArgument('The checkpoint interval multiplier must be greater than 0.');
  if (filter.hasMax() && filter.getMax() < 1)
    throw invalidArgument('The maximum search window must be greater than 0.');
  return createFilter({
    on: filter.hasEventType() ? 'type' : 'stream',
    regex: expression.getRegex(),
    prefixes: expression.getPrefixList(),
    checkpointInterval: multiplier * (filter.hasMax() ? filter.getMax() : DEFAULT_WINDOW),
  });
}
