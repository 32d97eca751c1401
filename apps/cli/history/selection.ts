import { type Command, InvalidArgumentError } from 'commander';
import type { Recorded } from '#contracts/envelope.js';
import { type customerEvents, eventDeclarations, streamOf } from '#contracts/events.js';
import { parseAddress } from '#contracts/ids.js';
import type { EventStore } from '#event-store/event-store.js';
import type { HistoryRange } from '#event-store/history.js';
import { firstInstant, isPointInTime, isPosition, throughInstant } from '#read-models/history/moment.js';
import { CliError, exitCode } from '../exit.js';

/** Which events of the history are asked for. */
export interface SelectionOptions {
  from?: string;
  to?: string;
  asOf?: string;
  type: string[];
  customer?: string;
}

const MOMENT = 'a position, a day, as 1998-06-30, or an instant in UTC';

export function addSelectionOptions(command: Command): Command {
  return command
    .option('--from <moment>', 'events recorded from a day or an instant on, or after a position', moment)
    .option('--to <moment>', 'events recorded up to and with a day, an instant or a position', moment)
    .option('--as-of <moment>', 'as --to, of what there was then: not beyond the end of the store', moment)
    .option('--type <type>', 'only events of this type; may be given several times', types, [])
    .option('--customer <customer>', 'only events of this customer: its id, or SYSTEM:ID');
}

function moment(text: string): string {
  if (isPosition(text) || isPointInTime(text)) return text;
  throw new InvalidArgumentError(`It must be ${MOMENT}.`);
}

function types(type: string, before: string[]): string[] {
  if (eventDeclarations.has(type)) return [...before, type];
  throw new InvalidArgumentError('There is no such type of event: docs/events.md lists them.');
}

/**
 * Reads the options against the store.
 * @param now in milliseconds since the epoch: what will have been by then is not known yet.
 * @throws CliError where they name what is not there.
 */
export async function rangeOf(store: EventStore, options: SelectionOptions, now = Date.now()): Promise<HistoryRange> {
  const { from, to, asOf } = options;
  const customerId = options.customer === undefined ? undefined : await customerOf(store, options.customer);
  const end = (await store.end()) ?? -1n;
  if (asOf !== undefined && isPosition(asOf) && BigInt(asOf) > end) {
    throw new CliError(`--as-of ${asOf} lies beyond the end of the store, ${end}.`, exitCode.usage);
  }
  if (asOf !== undefined && !isPosition(asOf) && Date.parse(firstInstant(asOf)) > now) {
    throw new CliError(`--as-of ${asOf} has not come yet.`, exitCode.usage);
  }
  const bounds = [to, asOf].filter((bound) => bound !== undefined);
  const positions = bounds
    .filter(isPosition)
    .map(BigInt)
    .sort((one, other) => (one < other ? -1 : 1));
  const instants = bounds.filter((bound) => !isPosition(bound)).map((bound) => Date.parse(throughInstant(bound)));
  const since = from === undefined || isPosition(from) ? Number.NEGATIVE_INFINITY : Date.parse(firstInstant(from));
  const until = Math.min(Number.POSITIVE_INFINITY, ...instants);
  const after = from !== undefined && isPosition(from) ? BigInt(from) : undefined;
  const through = positions[0];
  if (since > until || (after !== undefined && through !== undefined && after >= through)) {
    throw new CliError(`--from ${from} does not come before the end that is asked for.`, exitCode.usage);
  }
  return {
    after,
    through,
    selects: selector(since, until, new Set(options.type), customerId),
  };
}

function selector(since: number, until: number, wanted: Set<string>, customerId: string | undefined) {
  const isBounded = since !== Number.NEGATIVE_INFINITY || until !== Number.POSITIVE_INFINITY;
  return ({ type, recordedAt, metadata }: Recorded): boolean => {
    if (wanted.size > 0 && !wanted.has(type)) return false;
    if (isBounded) {
      const recorded = Date.parse(recordedAt);
      if (recorded < since || recorded > until) return false;
    }
    return customerId === undefined || metadata.customerId === customerId;
  };
}

/** The id of a customer, which may be known by an identity that it claimed later. */
async function customerOf(store: EventStore, address: string): Promise<string> {
  const id = parseAddress('customer', address);
  if (id === undefined) throw new CliError(`${address} is no id and no SYSTEM:ID of a customer.`, exitCode.usage);
  const [first] = await store.load(streamOf('customer', id));
  if (first === undefined) throw new CliError(`There is no customer ${address}.`, exitCode.refused);
  const claim: keyof typeof customerEvents = 'ExternalIdentityClaimed';
  return first.type === claim ? (first.data as { customerId: string }).customerId : id;
}
