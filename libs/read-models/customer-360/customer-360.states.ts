import type { PublishedFields } from '#contracts/published-fields.js';
import type { RulesPublished } from '#contracts/rules.events.js';
import { CUSTOMER_360_STATE } from '#contracts/states.js';
import { emptyLedger, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import type { StateTopic } from '#processing/states/state-topic.js';
import { loyaltyLevel } from '../loyalty-level/loyalty-level.projection.js';
import { LOYALTY_RULES_SQL } from '../loyalty-level/loyalty-level.query.js';
import { LoyaltyLevel } from '../loyalty-level/loyalty-level.table.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { rulesVersions } from '../rules/rules.projection.js';
import { ASKED_COLUMNS_SQL, ASKED_SQL, type AskedRow, askedValues, statesOf } from '../states/asked-customers.js';
import { customerPage } from '../states/customer-page.js';
import type { ViewReader } from '../view-reader.js';
import { customer360 } from './customer-360.projection.js';
import { type DroppedEvent, droppedSql, mergedAnswerOf } from './customer-360.query.js';
import { Customer360 } from './customer-360.table.js';
import { publishedView } from './published-view.js';

const VIEWS = [customer360, mergeGroup, loyaltyLevel, rulesVersions];
const NAMES = VIEWS.map(({ name }) => name);
const table = new RowTable(Customer360);

/** Of each customer its row and those of all whom it absorbed; the rules come once. */
const BY_CUSTOMERS = `
  with ${ASKED_SQL}
  select ${ASKED_COLUMNS_SQL}, found.*,
         (select ledger from ${new RowTable(LoyaltyLevel).name} where customer_id = asked.id) as ledger,
         case when asked.n = 1 then ${LOYALTY_RULES_SQL} end as rules,
         ${droppedSql('processor = any($3) and customer_id = any(asked.ids)')} as dropped
    from asked
    left join (select ${table.selection} from ${table.name}) as found on found."customerId" = any(asked.ids)
   order by asked.n`;

type Found = AskedRow &
  Customer360 & {
    ledger: LoyaltyLedger | null;
    rules: RulesPublished<'loyalty'>[] | null;
    dropped: DroppedEvent[] | null;
  };

/**
 * The 360° view of each customer, as the query answers it; null where the customer was erased, lives on in another, or is
 * not known.
 * @param published personal data that are told all the same.
 */
export function customer360States(reader: ViewReader, published: PublishedFields): StateTopic {
  return {
    ...CUSTOMER_360_STATE,
    views: NAMES,
    customers: (after, limit) => customerPage(reader, after, limit),
    read: async (customers, date, scope) => {
      const values = askedValues(customers, scope, NAMES);
      const read = await reader.read<Found>(VIEWS, BY_CUSTOMERS, values, {}, { name: 'customer 360 states' });
      const rules = read.rows.find(({ rules }) => rules)?.rules ?? [];
      return statesOf(read, (found) => {
        const { $asked: customerId, ledger, dropped } = found[0]!;
        const own = found.find((row) => row.customerId === customerId);
        if (own === undefined || own.erasedAt !== null) return null;
        const rows = [own, ...found.filter((row) => row !== own)].map(toRow);
        const view = mergedAnswerOf(
          { own: customerId, survivorId: customerId },
          rows,
          ledger ?? emptyLedger,
          rules,
          date,
        );
        return publishedView(dropped ? { ...view, dropped } : view, published);
      });
    },
  };
}

function toRow({
  $asked: _a,
  $survivor: _s,
  $parked: _p,
  $through: _t,
  $builds: _b,
  ledger: _l,
  rules: _r,
  dropped: _d,
  ...row
}: Found): Customer360 {
  return row;
}
