import { emptyLedger, type LevelSet, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { Customer360 } from '../customer-360/customer-360.table.js';
import { customerIdentity } from '../customer-identity/customer-identity.projection.js';
import { customerIdSql } from '../customer-identity/customer-identity.query.js';
import type { ReadOptions, ViewReader } from '../view-reader.js';
import { type LedgerEntry, ledgerEntries } from './ledger-entries.js';
import { loyaltyLevel } from './loyalty-level.projection.js';
import { LoyaltyLevel } from './loyalty-level.table.js';

/** A page of a customer's ledger. */
export interface LedgerPage {
  customerId: string;
  entries: LedgerEntry[];
  /** The number after which the next page begins; left out: this is the last. */
  next?: number;
  /** Levels set by hand. */
  levelsSet: LevelSet[];
  /** Whose ledger goes on with the points: the customer was merged. */
  movedTo?: string;
}

const BY_CUSTOMER = `
  select c.customer_id as "customerId", l.ledger
    from ${new RowTable(Customer360).name} c left join ${new RowTable(LoyaltyLevel).name} l using (customer_id)
   where c.customer_id = ${customerIdSql('$1')}`;

/** The movements of a ledger after a number, in the order recorded; undefined for an unknown customer. */
export async function findLedger(
  reader: ViewReader,
  id: string,
  { after, limit }: { after: number; limit: number },
  options: ReadOptions,
): Promise<{ position: bigint | undefined; page: LedgerPage | undefined }> {
  const views = [customer360, customerIdentity, loyaltyLevel];
  const { position, rows } = await reader.read<{ customerId: string; ledger: LoyaltyLedger | null }>(
    views,
    BY_CUSTOMER,
    [id],
    options,
    { about: `select ${customerIdSql('$1')}`, ofThemAlone: true },
  );
  const found = rows[0];
  if (!found) return { position, page: undefined };
  const { movedTo, levelsSet, ...ledger } = found.ledger ?? emptyLedger;
  const all = ledgerEntries({ ...ledger, levelsSet });
  const entries = all.slice(after, after + limit);
  const page = {
    customerId: found.customerId,
    entries,
    ...(after + limit < all.length && { next: after + limit }),
    levelsSet,
    ...(movedTo !== undefined && { movedTo }),
  };
  return { position, page };
}
