import type { RulesPublished } from '#contracts/rules.events.js';
import { emptyLedger, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { Customer360 } from '../customer-360/customer-360.table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { groupSql, survivorIdSql } from '../merge-group/merge-group.query.js';
import { rulesVersions } from '../rules/rules.projection.js';
import { publishedRulesSql } from '../rules/rules.query.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { loyaltyLevel } from './loyalty-level.projection.js';
import { LoyaltyLevel } from './loyalty-level.table.js';
import { type LoyaltyOnDay, loyaltyOn } from './loyalty-on-day.js';

const customers = new RowTable(Customer360).name;
const ledgers = new RowTable(LoyaltyLevel).name;

/** SQL for every published version of the loyalty rules, in order. */
export const LOYALTY_RULES_SQL = publishedRulesSql('loyalty');

const BY_CUSTOMER = `
  select c.customer_id as "customerId", l.ledger, ${LOYALTY_RULES_SQL} as rules
    from ${customers} c left join ${ledgers} l using (customer_id)
   where c.customer_id = ${survivorIdSql('$1')}`;

/**
 * Points and loyalty level of a customer on a day, computed from its ledger; of an absorbed customer those of its
 * survivor. Undefined for an unknown customer.
 */
export async function findLoyalty(
  reader: ViewReader,
  id: string,
  date: string,
  options: ReadOptions,
): Promise<{ position: bigint | undefined; loyalty: LoyaltyOnDay | undefined }> {
  const views = [customer360, customerIdentity, mergeGroup, loyaltyLevel, rulesVersions];
  const { position, rows } = await reader.read<{
    customerId: string;
    ledger: LoyaltyLedger | null;
    rules: RulesPublished<'loyalty'>[] | null;
  }>(views, BY_CUSTOMER, [id], options, { about: groupSql('$1'), ofThemAlone: true, name: 'loyalty' });
  const found = rows[0];
  if (!found) return { position, loyalty: undefined };
  return { position, loyalty: loyaltyOn(found.customerId, found.ledger ?? emptyLedger, found.rules ?? [], date) };
}
