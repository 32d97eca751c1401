import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { defaultLoyaltyRulesPublished } from '#domain/loyalty/rules.js';
import { customer360In, loyaltyIn } from '#read-models/history/as-of.js';
import { historyOfCustomer } from '#testing/customer-history.js';
import { holds } from '#testing/property.js';
import { history, SPEC_CUSTOMER } from '#testing/recorded.js';
import { customer360Schema } from './customer-360.schema.js';
import { loyaltySchema } from './loyalty.schema.js';

const ajv = new Ajv2020({ strict: false, validateFormats: false });

describe('the declared answers', () => {
  it('describe every 360° view and ledger that a history can lead to', () => {
    const is360 = ajv.compile(customer360Schema);
    const isLoyalty = ajv.compile(loyaltySchema);
    holds(
      fc.property(historyOfCustomer, (happenings) => {
        const past = { customerId: SPEC_CUSTOMER, events: history(happenings), rules: [defaultLoyaltyRulesPublished] };
        const answers = [customer360In(past, undefined, '2020-06-15'), loyaltyIn(past, undefined, '2020-06-15')];
        const [view, loyalty] = JSON.parse(JSON.stringify(answers)) as [object | null, object];
        if (view) expect([is360(view), is360.errors]).toEqual([true, null]);
        expect([isLoyalty(loyalty), isLoyalty.errors]).toEqual([true, null]);
      }),
    );
  });
});
