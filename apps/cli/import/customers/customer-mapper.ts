import { CustomerAcquired } from '#contracts/customer.events.js';
import { externalId } from '#contracts/ids.js';
import { ProfileUpdated } from '#contracts/profile.events.js';
import { checked } from '../conversion/checked.js';
import type { Problem } from '../conversion/problems.js';
import { type FieldReader, FieldReaders } from '../conversion/value-readers.js';
import type { AddressLineMapping, CustomersMapping } from '../mapping/customers-mapping.js';
import type { ValueMapping } from '../mapping/value-mapping.js';
import { problemsOf } from '../purchases/order-builder.js';
import type { RejectedRows } from '../purchases/order-facts.js';
import type { Row } from '../reading/row.js';

/** A row that becomes a customer. */
export interface MappedCustomer {
  kind: 'customer';
  customerId: string;
  acquired: CustomerAcquired;
  /** Left out: the row says nothing of it. */
  profile?: ProfileUpdated;
  occurredAt: string;
  row: Row;
}

type Reading = [name: string, read: FieldReader<unknown>];

/** Turns each row into a customer with a profile. */
export class CustomerMapper {
  private readonly source: string;
  private readonly readers: FieldReaders;
  private readonly externalId: FieldReader<string>;
  private readonly date: FieldReader<string>;
  private readonly customer: Reading[];
  /** By the part of the profile; what stands for itself is under ``. */
  private readonly profile: [part: string, readings: Reading[]][];

  /** @throws InvalidFields when the mapping does not fit the file's columns. */
  constructor({ source, date, acquiredAt, customer, profile = {} }: CustomersMapping, columns: readonly string[]) {
    this.source = source;
    this.readers = new FieldReaders(columns);
    this.externalId = this.readers.text('customer.externalId', customer.externalId, { required: true });
    this.date = date ? this.readers.instant('date', date) : () => acquiredAt;
    const { externalId: _, partyKind, roles, channel, ...more } = customer;
    this.customer = [
      ...this.texts('customer', { partyKind, roles, channel }, true),
      ...this.texts('customer', { ...more }),
    ];
    const { birthDate, ...person } = profile.person ?? {};
    const { lines, ...address } = profile.address ?? {};
    this.profile = [
      ['', this.texts('profile', { language: profile.language })],
      [
        'person',
        [
          ...this.texts('profile.person', person),
          ...(birthDate
            ? [['birthDate', this.readers.day('profile.person.birthDate', birthDate)] satisfies Reading]
            : []),
        ],
      ],
      ['organisation', this.texts('profile.organisation', { ...profile.organisation })],
      ['address', [...this.texts('profile.address', address), ...(lines ? [this.lines(lines)] : [])]],
    ];
  }

  push(row: Row): [MappedCustomer | RejectedRows] {
    const problems: Problem[] = [];
    const mapped = row.problem === undefined ? this.read(row, problems) : undefined;
    if (row.problem !== undefined) problems.push({ field: '', message: row.problem });
    return [mapped ?? { kind: 'rejected', rows: [{ row, problems }] }];
  }

  private read(row: Row, problems: Problem[]): MappedCustomer | undefined {
    const id = this.externalId(row, problems);
    const occurredAt = this.date(row, problems);
    const { roles, ...customer } = valuesOf(this.customer, row, problems) as Record<string, string>;
    const profile = this.profileOf(row, problems);
    if (id === undefined || occurredAt === undefined || problems.length > 0) return undefined;
    const externalIdentity = { system: this.source, id };
    const acquired = { ...customer, roles: roles?.split(/\s*,\s*/), externalIdentity };
    try {
      return {
        kind: 'customer',
        customerId: externalId('customer', externalIdentity),
        acquired: checked(CustomerAcquired, acquired as CustomerAcquired),
        ...(Object.keys(profile).length > 0 && { profile: checked(ProfileUpdated, profile) }),
        occurredAt,
        row,
      };
    } catch (error) {
      problems.push(...problemsOf(error));
      return undefined;
    }
  }

  private profileOf(row: Row, problems: Problem[]): ProfileUpdated {
    const profile: Record<string, unknown> = {};
    for (const [part, readings] of this.profile) {
      const values = valuesOf(readings, row, problems);
      if (part === '') Object.assign(profile, values);
      else if (Object.keys(values).length > 0) profile[part] = values;
    }
    return profile;
  }

  private texts(prefix: string, mappings: object, required = false): Reading[] {
    return Object.entries(mappings)
      .filter((entry): entry is [string, ValueMapping] => entry[1] !== undefined)
      .map(([name, mapping]) => [name, this.readers.text(`${prefix}.${name}`, mapping, { required })]);
  }

  private lines(mappings: readonly AddressLineMapping[]): Reading {
    const lines = mappings.map(({ columns }, index) =>
      columns.map((column) => this.readers.text(`profile.address.lines.${index}`, { column })),
    );
    return [
      'lines',
      (row, problems) => {
        const texts = lines
          .map((parts) => parts.flatMap((read) => read(row, problems) ?? []).join(' '))
          .filter((line) => line !== '');
        return texts.length > 0 ? texts : undefined;
      },
    ];
  }
}

/** The fields that are not empty: what a source does not know is left out. */
function valuesOf(readings: readonly Reading[], row: Row, problems: Problem[]): Record<string, unknown> {
  const values = readings.map(([name, read]) => [name, read(row, problems)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
