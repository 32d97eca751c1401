import type { RulesPublished } from '#contracts/rules.events.js';
import { LOYALTY_LEVEL_STATE } from '#contracts/states.js';
import { emptyLedger, type LoyaltyLedger } from '#domain/loyalty/state.js';
import { RowTable } from '#processing/row-table.js';
import type { StateTopic } from '#processing/states/state-topic.js';
import { customer360 } from '../customer-360/customer-360.projection.js';
import { Customer360 } from '../customer-360/customer-360.table.js';
import { mergeGroup } from '../merge-group/merge-group.projection.js';
import { rulesVersions } from '../rules/rules.projection.js';
import { ASKED_COLUMNS_SQL, ASKED_SQL, type AskedRow, askedValues, statesOf } from '../states/asked-customers.js';
import { customerPage } from '../states/customer-page.js';
import type { ViewReader } from '../view-reader.js';
import { loyaltyLevel } from './loyalty-level.projection.js';
import { LOYALTY_RULES_SQL } from './loyalty-level.query.js';
import { LoyaltyLevel } from './loyalty-level.table.js';
import { loyaltyOn } from './loyalty-on-day.js';

const VIEWS = [customer360, mergeGroup, loyaltyLevel, rulesVersions];
const NAMES = VIEWS.map(({ name }) => name);

const BY_CUSTOMERS = `
  with ${ASKED_SQL}
  select ${ASKED_COLUMNS_SQL}, l.ledger,
         c.customer_id is not null and c.erased_at is null as "isThere",
         case when asked.n = 1 then ${LOYALTY_RULES_SQL} end as rules
    from asked
    left join ${new RowTable(Customer360).name} as c on c.customer_id = asked.id
    left join ${new RowTable(LoyaltyLevel).name} as l on l.customer_id = asked.id
   order by asked.n`;

type Found = AskedRow & {
  isThere: boolean;
  ledger: LoyaltyLedger | null;
  rules: RulesPublished<'loyalty'>[] | null;
};

/**
 * Points and loyalty level of each customer, as the query answers them for a business date; null where the customer was
 * erased, lives on in another, or is not known. Nothing in a ledger is personal.
 */
export function loyaltyLevelStates(reader: ViewReader): StateTopic {
  return {
    ...LOYALTY_LEVEL_STATE,
    views: NAMES,
    customers: (after, limit) => customerPage(reader, after, limit),
    read: async (customers, date, scope) => {
      const values = askedValues(customers, scope, NAMES);
      const read = await reader.read<Found>(VIEWS, BY_CUSTOMERS, values, {}, { name: 'loyalty level states' });
      const rules = read.rows.find(({ rules }) => rules)?.rules ?? [];
      return statesOf(read, ([found]) => {
        const { $asked: customerId, isThere, ledger } = found!;
        if (!isThere) return null;
        // Before there are any rules there is no level. The first ones have everybody's sent.
        return rules.length === 0 ? undefined : loyaltyOn(customerId, ledger ?? emptyLedger, rules, date);
      });
    },
  };
}
