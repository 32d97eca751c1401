import { RowTable } from '#processing/row-table.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { Customer360 } from '../customer-360/customer-360.table.js';
import type { ViewReader } from '../view-reader.js';

const PAGE = `
  select customer_id as "customerId" from ${new RowTable(Customer360).name}
   where $1::uuid is null or customer_id > $1 order by customer_id limit $2`;

/** The ids of all customers in order, a page at a time; those who were absorbed or erased too. */
export async function customerPage(reader: ViewReader, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await reader.read<{ customerId: string }>([customer360], PAGE, [after, limit], {});
  return rows.map(({ customerId }) => customerId);
}
