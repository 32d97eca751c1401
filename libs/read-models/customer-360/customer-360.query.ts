import type { RulesPublished } from '#contracts/rules.events.js';
import { emptyLedger, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import { loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';
import { LOYALTY_RULES_SQL } from '../loyalty-level/loyalty-level.query.js';
import { LoyaltyLevel } from '../loyalty-level/loyalty-level.table.js';
import { type LoyaltyOnDay, loyaltyOn } from '../loyalty-level/loyalty-on-day.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { groupSql, mergedCustomers, survivorIdSql } from '../merge-group/merge-group.query.js';
import { rulesVersions } from '../rules/rules.projection.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { combine360 } from './combine.js';
import { customer360 } from './customer-360.projection.js';
import { Customer360 } from './customer-360.table.js';
import { type Customer360View, viewOf } from './view.js';

/** The view with what the loyalty view tells of the same customer on the same day, out of the same snapshot. */
export interface Customer360Answer extends Customer360View {
  /** null while no loyalty rules are published. */
  loyalty: Pick<LoyaltyOnDay, 'date' | 'balance' | 'loyaltyLevel'> | null;
  /** The customers that live on in this one; left out where there are none. */
  members?: string[];
  /** The customer asked for lives on in this one. */
  absorbedInto?: string;
  /** Events that the views leave out for good, and why; left out where there are none. */
  dropped?: DroppedEvent[];
}

export interface DroppedEvent {
  view: string;
  position: string;
  reason: string;
}

const VIEWS = [customer360, customerIdentity, mergeGroup, loyaltyLevel, rulesVersions];

/** SQL for the dropped events that a condition on `views.dropped` picks, as `DroppedEvent[]`; null: none. */
export function droppedSql(condition: string): string {
  return `(select json_agg(json_build_object('view', processor, 'position', position::text, 'reason', reason) order by position)
             from views.dropped where ${condition})`;
}

const table = new RowTable(Customer360);
/** The rows of the survivor and of all whom it absorbed, for rows are kept for each original id; the survivor's ledger. */
const BY_CUSTOMER = `
  with asked as (select ${customerIdSql('$1')} as own, ${survivorIdSql('$1')} as survivor)
  select found.*, asked.own as "$own", asked.survivor as "$survivor",
         (select ledger from ${new RowTable(LoyaltyLevel).name} where customer_id = asked.survivor) as ledger,
         ${LOYALTY_RULES_SQL} as rules,
         ${droppedSql(`processor in (${VIEWS.map(({ name }) => `'${name}'`).join(', ')}) and customer_id in (${groupSql('$1')})`)} as dropped
    from asked,
         (select ${table.selection} from ${table.name}
           where customer_id = any(array(
                   select survivor from asked
                   union all
                   select customer_id from ${mergedCustomers} where survivor_id = (select survivor from asked)))) as found`;

type Member = Customer360 & {
  $own: string;
  $survivor: string;
  ledger: LoyaltyLedger | null;
  rules: RulesPublished<'loyalty'>[] | null;
  dropped: DroppedEvent[] | null;
};

/**
 * The 360° view of a customer, by its id, by that of an identity that it claimed, or by that of a customer that it
 * absorbed; undefined for an unknown one.
 */
export async function findCustomer360(
  reader: ViewReader,
  id: string,
  date: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; view: Customer360Answer | undefined }> {
  const more = { about: groupSql('$1'), ofThemAlone: true, name: 'customer 360' };
  const { position, rows: members } = await reader.read<Member>(VIEWS, BY_CUSTOMER, [id], options, more);
  const found = members.find(({ customerId, $survivor }) => customerId === $survivor);
  if (found === undefined) return { position, view: undefined };
  const { ledger, rules, dropped, $own: own, $survivor: survivorId } = found;
  const rows = [found, ...members.filter((member) => member !== found)].map(toRow);
  const view = mergedAnswerOf({ own, survivorId }, rows, ledger ?? emptyLedger, rules ?? [], date);
  return { position, view: dropped ? { ...view, dropped } : view };
}

function toRow({ $own: _o, $survivor: _s, ledger: _l, rules: _r, dropped: _d, ...row }: Member): Customer360 {
  return row;
}

/**
 * What is answered of a survivor and of all whom it absorbed, on a day.
 * @param own who was asked for: the survivor, or one of the others.
 * @param rows at least one; the survivor's first, where it has one.
 */
export function mergedAnswerOf(
  { own, survivorId }: { own: string; survivorId: string },
  rows: Customer360[],
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  date: string,
): Customer360Answer {
  const [first, ...others] = rows;
  const row = combine360({ ...first!, customerId: survivorId }, others);
  const members = rows.map(({ customerId }) => customerId).filter((customerId) => customerId !== survivorId);
  return {
    ...answerOf(row, ledger, rules, date),
    ...(members.length > 0 && { members: members.sort() }),
    ...(own !== survivorId && { absorbedInto: survivorId }),
  };
}

/** What is answered of a customer on a day. */
export function answerOf(
  row: Customer360,
  ledger: LoyaltyLedger,
  rules: RulesPublished<'loyalty'>[],
  date: string,
): Customer360Answer {
  const view = viewOf(row, date);
  if (rules.length === 0) return { ...view, loyalty: null };
  const { balance, loyaltyLevel } = loyaltyOn(row.customerId, ledger, rules, date);
  return { ...view, loyalty: { date, balance, loyaltyLevel } };
}
