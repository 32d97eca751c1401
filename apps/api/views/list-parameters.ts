import {
  CUSTOMER_STAGES,
  type CustomerStage,
  GENDERS,
  type Gender,
  PARTY_KINDS,
  type PartyKind,
  POTENTIAL_BANDS,
  type PotentialBand,
  RELATIONSHIP_LEVELS,
  type RelationshipLevel,
  RISK_BANDS,
  type RiskBand,
  ROLES,
  type Role,
} from '#contracts/codes.js';
import { COUNTRIES } from '#contracts/countries.js';
import {
  Code,
  Codes,
  Count,
  CountryCode,
  Currency,
  Flag,
  Optional,
  Text,
  Texts,
  WholeNumber,
} from '#contracts/fields.js';
import { toE164 } from '#domain/customer/phone.js';
import { type ListFilter, SORTS, type Sort } from '#read-models/customer-list/customer-list.query.js';
import { FACETS } from '#read-models/customer-list/list-row.js';
import {
  READY_MADE_LISTS,
  type ReadyMadeList,
  readyMade,
  yearsBefore,
} from '#read-models/customer-list/ready-made-lists.js';
import { digitsOf } from '#read-models/customer-list/search-text.js';
import { Limit, PointInTime, ReadQuery } from '../http/query.js';
import { ListPlace } from './list-cursor.js';

const MOST_ROWS = 200;

const OLDEST = 150;

/** What a list of customers may be asked for; everything has to hold at once, of a repeated parameter any value. */
export class ListParameters extends ReadQuery {
  @Optional() @Limit(MOST_ROWS) limit?: number;
  /** Where the page before ended: its `next`. */
  @Optional() @ListPlace() cursor?: string;
  @Optional() @Code(READY_MADE_LISTS) list?: ReadyMadeList;
  /** Words of a name or an e-mail address. */
  @Optional() @Text(200) search?: string;
  /** A number as it was given, or in E.164; with the country where it has no code of its own. */
  @Optional() @Text(50) phone?: string;
  @Optional() @CountryCode() phoneCountry?: string;
  @Optional() @Codes(PARTY_KINDS) partyKind?: PartyKind[];
  @Optional() @Codes(ROLES) role?: Role[];
  @Optional() @Codes(CUSTOMER_STAGES) customerStage?: CustomerStage[];
  @Optional() @Texts(50, 20) loyaltyLevel?: string[];
  @Optional() @Codes(RELATIONSHIP_LEVELS) relationshipLevel?: RelationshipLevel[];
  @Optional() @Codes(RISK_BANDS) churnRisk?: RiskBand[];
  @Optional() @Codes(POTENTIAL_BANDS) potential?: PotentialBand[];
  @Optional() @Texts(200, 20) owner?: string[];
  /** As `SCHEME:CODE`. */
  @Optional() @Texts(101, 20) industry?: string[];
  @Optional() @Codes(GENDERS) gender?: Gender[];
  /** ISO 3166-1 alpha-2. */
  @Optional() @Codes([...COUNTRIES]) country?: string[];
  @Optional() @Texts(200, 20) region?: string[];
  /** Age in whole years on the business date. */
  @Optional() @Count() ageFrom?: number;
  @Optional() @Count() ageTo?: number;
  @Optional() @PointInTime() acquiredAfter?: string;
  @Optional() @PointInTime() acquiredBefore?: string;
  @Optional() @PointInTime() lastPurchaseAfter?: string;
  @Optional() @PointInTime() lastPurchaseBefore?: string;
  @Optional() @WholeNumber() valueFrom?: number;
  @Optional() @WholeNumber() valueTo?: number;
  @Optional() @Currency() currency?: string;
  @Optional() @Flag() complaining?: boolean;
  @Optional() @Code(SORTS) sort?: Sort;
}

/** What the parameters ask for, on a business date. */
export function filterOf(parameters: ListParameters, businessDate: string): ListFilter {
  const { list, phone, phoneCountry, ageFrom, ageTo, cursor: _, limit, position, settled, ...asked } = parameters;
  const ready = list === undefined ? {} : readyMade(list, businessDate);
  const facets: ListFilter['facets'] = { ...ready.facets };
  for (const name of FACETS) if (asked[name] !== undefined) facets[name] = asked[name];
  const given = Object.fromEntries(
    Object.entries(asked).filter(([name]) => !(FACETS as readonly string[]).includes(name)),
  );
  return {
    ...ready,
    ...given,
    facets,
    ...(phone !== undefined && { phones: phonesOf(phone, phoneCountry) }),
    ...(ageFrom !== undefined && { bornThrough: yearsBefore(businessDate, Math.min(ageFrom, OLDEST)) }),
    // Still this age the day before the next birthday.
    ...(ageTo !== undefined && { bornAfter: yearsBefore(businessDate, Math.min(ageTo, OLDEST) + 1) }),
  };
}

/** How a number may stand among a customer's: in E.164, or as the digits that were given. */
function phonesOf(given: string, country: string | undefined): string[] {
  const standard = toE164(given, country);
  return [...(standard === undefined ? [] : [standard]), digitsOf(given)];
}
