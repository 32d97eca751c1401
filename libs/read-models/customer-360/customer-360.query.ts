import { RowTable } from '#processing/row-table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { mergedCustomers, survivorIdSql } from '../merge-group/merge-group.query.js';
import type { Read, ReadOptions, ViewReader } from '../view-reader.js';
import { combine360 } from './combine.js';
import { customer360 } from './customer-360.projection.js';
import { Customer360 } from './customer-360.table.js';

/** A customer as it stands now, with all whom it stands for. */
export interface CombinedCustomer360 extends Customer360 {
  /** The customers that live on in this one. */
  members: string[];
  /** The customer asked for lives on in this one. */
  absorbedInto?: string;
}

const table = new RowTable(Customer360);

/** The rows of the survivor and of all whom it absorbed; rows are kept for each original id. */
const BY_CUSTOMER = `
  with asked as (select ${customerIdSql('$1')} as own, ${survivorIdSql('$1')} as survivor)
  select ${table.selection}, asked.own as "$own", asked.survivor as "$survivor"
    from asked, ${table.name}
   where customer_id = any(array(
           select survivor from asked
           union all
           select customer_id from ${mergedCustomers} where survivor_id = (select survivor from asked)))`;

/** The 360° view of a customer, by its id, that of an identity that it claimed, or that of a customer it absorbed. */
export async function findCustomer360(
  reader: ViewReader,
  id: string,
  options: ReadOptions,
): Promise<Read<CombinedCustomer360>> {
  const { rows, position } = await reader.read<Customer360 & { $own: string; $survivor: string }>(
    [customer360, customerIdentity, mergeGroup],
    BY_CUSTOMER,
    [id],
    options,
  );
  const members = rows.map(({ $own: _o, $survivor: _s, ...row }) => row as Customer360);
  const { $own, $survivor } = rows[0] ?? {};
  const survivor = members.find(({ customerId }) => customerId === $survivor);
  if (survivor === undefined) return { rows: [], position };
  const absorbed = members.filter((row) => row !== survivor);
  const combined: CombinedCustomer360 = {
    ...combine360(survivor, absorbed),
    members: absorbed.map(({ customerId }) => customerId).sort(),
    ...($own !== $survivor && { absorbedInto: $survivor }),
  };
  return { rows: [combined], position };
}
