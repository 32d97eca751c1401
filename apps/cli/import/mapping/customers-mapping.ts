import { Code, Instant, ListOf, Nested, Optional, Texts } from '#contracts/fields.js';
import { atField } from './mapping-error.js';
import { SourceName } from './mapping-fields.js';
import { CustomerMapping } from './purchases-mapping.js';
import { ReaderMapping } from './reader-mapping.js';
import { DateMapping, DayMapping, ValueMapping } from './value-mapping.js';

export class PersonMapping {
  @Optional() @Nested(() => ValueMapping) fullName?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) familyName?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) givenName?: ValueMapping;
  @Optional() @Nested(() => DayMapping) birthDate?: DayMapping;
  /** `female`, `male` and so on, as in the list of codes. */
  @Optional() @Nested(() => ValueMapping) gender?: ValueMapping;
}

export class OrganisationMapping {
  @Optional() @Nested(() => ValueMapping) legalName?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) taxId?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) serviceType?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) sizeBand?: ValueMapping;
}

/** A line of an address: the columns' texts with a blank between them. A line without any text is left out. */
export class AddressLineMapping {
  @Texts(200, 10) columns!: string[];
}

export class AddressMapping {
  /** ISO 3166-1 alpha-2. */
  @Optional() @Nested(() => ValueMapping) country?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) region?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) city?: ValueMapping;
  @Optional() @Nested(() => ValueMapping) postalCode?: ValueMapping;
  @Optional() @ListOf(() => AddressLineMapping, { most: 10 }) lines?: AddressLineMapping[];
}

/** Who the customer is. What is empty in a row is left out. */
export class ProfileMapping {
  @Optional() @Nested(() => PersonMapping) person?: PersonMapping;
  @Optional() @Nested(() => OrganisationMapping) organisation?: OrganisationMapping;
  @Optional() @Nested(() => AddressMapping) address?: AddressMapping;
  /** BCP 47. */
  @Optional() @Nested(() => ValueMapping) language?: ValueMapping;
}

/** A list of customers with their profiles: each row is one. */
export class CustomersMapping {
  /** What the rows are. */
  @Code(['customers']) kind!: 'customers';
  /** The system that the records come from: the first part of every identity. */
  @SourceName() source!: string;
  /** How the file becomes rows. */
  @Nested(() => ReaderMapping) reader!: ReaderMapping;
  /** When the customer was acquired; or `acquiredAt`, where the file does not say. */
  @Optional() @Nested(() => DateMapping) date?: DateMapping;
  /** When all of them were acquired. */
  @Optional() @Instant() acquiredAt?: string;
  @Nested(() => CustomerMapping) customer!: CustomerMapping;
  @Optional() @Nested(() => ProfileMapping) profile?: ProfileMapping;
}

/** @throws InvalidFields when fields do not go together. */
export function checkCustomers({ date, acquiredAt }: CustomersMapping): void {
  if ((date === undefined) === (acquiredAt === undefined)) {
    throw atField('date', 'origin', 'name the column of the date, or one instant for all rows as acquiredAt');
  }
}
