import type { PartyKind } from '#contracts/codes.js';
import type { DuplicateEvidence } from '#contracts/merge.events.js';
import { RowTable } from '#processing/row-table.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { Customer360 } from '../customer-360/customer-360.table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { groupSql, mergedCustomers, survivorIdSql } from '../merge-group/merge-group.query.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { comparable, type Identifying } from './comparable.js';
import { matchKeys } from './match-keys.projection.js';
import { MatchKeys } from './match-keys.table.js';
import { likenessOf, SUGGESTED_FROM } from './scoring.js';

/** Two customers that may be one. */
export interface SuggestedPair {
  customerId: string;
  otherCustomerId: string;
  /** From 0.5 to 1. */
  score: number;
  evidence: DuplicateEvidence[];
}

/** Where a list goes on: behind this pair, in the order of both ids. */
export interface PairPlace {
  customerId: string;
  /** Left out: behind every pair of the customer. */
  otherCustomerId?: string;
}

export interface SuggestedPairs {
  position: bigint | undefined;
  pairs: SuggestedPair[];
  /** Left out: nothing comes after these. */
  next?: PairPlace;
}

/** A key that more customers than these share says nothing: a common surname in a large city. */
const MOST_HOLDERS = 50;
/** Customers whose candidates are read at once. */
const AT_ONCE = 100;
/** Customers that one page looks through at the most: where duplicates are rare it has few, or none, and says where to go on. */
const MOST_EXAMINED = 500;

const keys = new RowTable(MatchKeys).name;
const views = [matchKeys, mergeGroup];

/**
 * The customers that share a key with each of some, by way of the index on keys. Who lives on in another takes no part,
 * nor do pairs that were dismissed, from either side. `materialized` keeps the limit from the planner, who would read the
 * whole table in the hope of meeting so many holders soon; it is read no further than the limit all the same.
 */
const candidatesSql = (page: string, others: string) => `
  with page as (${page})
  select page.customer_id as "customerId", page.party_kind as "partyKind", page.identifying,
         (select jsonb_agg(jsonb_build_object('customerId', other.customer_id, 'partyKind', other.party_kind,
                                              'identifying', other.identifying))
            from ${keys} as other
           where other.customer_id in (
                   select held.customer_id
                     from unnest(page.keys) as key
                    cross join lateral (
                          with holder as materialized (select customer_id from ${keys} where keys @> array[key])
                          select customer_id, count(*) over () as holders
                            from (select customer_id from holder limit ${MOST_HOLDERS + 1}) as few) as held
                    where held.holders <= ${MOST_HOLDERS})
             and ${others}
             and other.customer_id <> all(page.dismissed) and page.customer_id <> all(other.dismissed)
             and not exists (select from ${mergedCustomers} as merged where merged.customer_id = other.customer_id)
         ) as candidates
    from page order by page.customer_id`;

const OF_CUSTOMER = candidatesSql(
  `select * from ${keys} where customer_id = ${survivorIdSql('$1')}`,
  'other.customer_id <> page.customer_id',
);

/** Whether anything is known of a customer: who was erased has no keys. */
const KNOWN = `select from ${new RowTable(Customer360).name} where customer_id = ${survivorIdSql('$1')}`;

/** Each pair once, with the smaller id first. */
const FROM_CUSTOMER = candidatesSql(
  `select * from ${keys} as own
    where customer_id >= $1 and not exists (select from ${mergedCustomers} as merged
                                             where merged.customer_id = own.customer_id)
    order by customer_id limit ${AT_ONCE}`,
  'other.customer_id > page.customer_id',
);

interface Candidate {
  customerId: string;
  partyKind: PartyKind | null;
  identifying: Identifying;
}

type Examined = Candidate & { candidates: Candidate[] | null };

/**
 * Whom a customer may be besides, the most alike first; of an absorbed customer, whom its survivor may be. Nobody for one
 * who was erased, of whom there is nothing left to compare; undefined for an unknown customer.
 */
export async function findDuplicatesOf(
  reader: ViewReader,
  id: string,
  options: ReadOptions,
): Promise<SuggestedPairs | undefined> {
  const more = { about: groupSql('$1') };
  const { rows, position } = await reader.read<Examined>(
    [...views, customerIdentity],
    OF_CUSTOMER,
    [id],
    options,
    more,
  );
  if (rows.length === 0) {
    const known = await reader.read<object>([customer360, mergeGroup, customerIdentity], KNOWN, [id], options, more);
    return known.rows.length === 0 ? undefined : { pairs: [], position: known.position };
  }
  const pairs = rows.flatMap(suggestedOf).sort((a, b) => b.score - a.score);
  return { pairs, position };
}

/** A page of all suggested pairs in the order of their ids: a pair that does not change is neither skipped nor repeated. */
export async function findDuplicates(
  reader: ViewReader,
  after: PairPlace | undefined,
  limit: number,
  options: ReadOptions,
): Promise<SuggestedPairs> {
  const pairs: SuggestedPair[] = [];
  let position: bigint | undefined;
  let place = after;
  for (let examined = 0; examined < MOST_EXAMINED; examined += AT_ONCE) {
    const from = place?.customerId ?? '00000000-0000-0000-0000-000000000000';
    const read = await reader.read<Examined>(views, FROM_CUSTOMER, [from], options);
    // The page tells what all of its parts tell.
    position ??= read.position;
    for (const row of read.rows) {
      const found = suggestedOf(row).sort((a, b) => (a.otherCustomerId < b.otherCustomerId ? -1 : 1));
      for (const pair of found.filter((one) => place === undefined || isBehind(one, place))) {
        if (pairs.length === limit) return { pairs, position, next: placeOf(pairs.at(-1)!) };
        pairs.push(pair);
      }
    }
    if (read.rows.length < AT_ONCE) return { pairs, position };
    place = { customerId: read.rows.at(-1)!.customerId };
  }
  return { pairs, position, next: place };
}

function suggestedOf({ customerId, partyKind, identifying, candidates }: Examined): SuggestedPair[] {
  const own = comparable(identifying);
  return (candidates ?? []).flatMap((other) => {
    if (partyKind !== other.partyKind) return [];
    const { score, evidence } = likenessOf(own, comparable(other.identifying));
    return score < SUGGESTED_FROM ? [] : [{ customerId, otherCustomerId: other.customerId, score, evidence }];
  });
}

function placeOf({ customerId, otherCustomerId }: SuggestedPair): PairPlace {
  return { customerId, otherCustomerId };
}

function isBehind(pair: SuggestedPair, place: PairPlace): boolean {
  if (pair.customerId !== place.customerId) return pair.customerId > place.customerId;
  return place.otherCustomerId !== undefined && pair.otherCustomerId > place.otherCustomerId;
}
