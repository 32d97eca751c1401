import type { RulesPublished } from '#contracts/rules.events.js';
import { emptyLedger, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import { loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';
import { LOYALTY_RULES_SQL } from '../loyalty-level/loyalty-level.query.js';
import { LoyaltyLevel } from '../loyalty-level/loyalty-level.table.js';
import { type LoyaltyOnDay, loyaltyOn } from '../loyalty-level/loyalty-on-day.js';
import { rulesVersions } from '../rules/rules.projection.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { customer360 } from './customer-360.projection.js';
import { Customer360 } from './customer-360.table.js';
import { type Customer360View, viewOf } from './view.js';

/** The view with what the loyalty view tells of the same customer on the same day, out of the same snapshot. */
export interface Customer360Answer extends Customer360View {
  /** null while no loyalty rules are published. */
  loyalty: Pick<LoyaltyOnDay, 'date' | 'balance' | 'loyaltyLevel'> | null;
}

const table = new RowTable(Customer360);
const BY_CUSTOMER = `
  select found.*, (select ledger from ${new RowTable(LoyaltyLevel).name} where customer_id = found."customerId") as ledger,
         ${LOYALTY_RULES_SQL} as rules
    from (select ${table.selection} from ${table.name} where customer_id = ${customerIdSql('$1')}) as found`;

/** The 360° view of a customer, by its id or by that of an identity that it claimed; undefined for an unknown one. */
export async function findCustomer360(
  reader: ViewReader,
  id: string,
  date: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; view: Customer360Answer | undefined }> {
  const views = [customer360, customerIdentity, loyaltyLevel, rulesVersions];
  const { position, rows } = await reader.read<
    Customer360 & { ledger: LoyaltyLedger | null; rules: RulesPublished<'loyalty'>[] | null }
  >(views, BY_CUSTOMER, [id], options);
  if (rows[0] === undefined) return { position, view: undefined };
  const { ledger, rules, ...row } = rows[0];
  return { position, view: answerOf(row, ledger ?? emptyLedger, rules ?? [], date) };
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
