import { COMPLAINT_METRICS, type ComplaintMetric } from '#contracts/codes.js';
import type { Problem } from '../conversion/problems.js';
import { type FieldReader, FieldReaders } from '../conversion/value-readers.js';
import type { ComplaintsMapping } from '../mapping/complaints-mapping.js';
import type { DateMapping, ValueMapping } from '../mapping/value-mapping.js';
import type { Row } from '../reading/row.js';

/** What one row says, converted; codes are checked with the rest of the events' data. */
export interface ComplaintFacts {
  externalCustomerId?: string;
  customer: Record<string, string>;
  externalId?: string;
  occurredAt: string;
  complaint: Record<string, string>;
  product: Record<string, string>;
  assigned?: { occurredAt: string; agentId: string; department?: string };
  breached?: ComplaintMetric;
  /** Left out: it is open. */
  resolution?: { outcome: string; occurredAt?: string; told?: string; disputed: boolean };
}

type Texts = [name: string, read: FieldReader<string>][];

const NOTHING: FieldReader<never> = () => undefined;

/** Reads rows by a mapping: every column found, every text converted, every problem of a row named. */
export class ComplaintReader {
  private readonly readers: FieldReaders;
  private readonly externalCustomerId: FieldReader<string>;
  private readonly customer: Texts;
  private readonly externalId: FieldReader<string>;
  private readonly date: FieldReader<string>;
  private readonly complaint: Texts;
  private readonly product: Texts;
  private readonly assigned?: {
    date: FieldReader<string>;
    agentId: FieldReader<string>;
    department: FieldReader<string>;
  };
  private readonly breached: FieldReader<ComplaintMetric>;
  private readonly outcome: FieldReader<string>;
  private readonly resolvedAt: FieldReader<string>;
  private readonly told: FieldReader<string>;
  private readonly disputed: FieldReader<'yes' | 'no'>;

  /** @throws InvalidFields when the mapping does not fit the file's columns. */
  constructor({ customer, complaint }: ComplaintsMapping, columns: readonly string[]) {
    this.readers = new FieldReaders(columns);
    const { externalId: customerId, partyKind, roles, channel, ...more } = customer;
    this.externalCustomerId = this.text('customer.externalId', customerId, true);
    this.customer = [
      ...this.texts('customer', { partyKind, roles, channel }, true),
      ...this.texts('customer', { ...more }),
    ];
    const { externalId, date, product, assigned, breached, resolution, severity, issue, ...words } = complaint;
    this.externalId = this.text('complaint.externalId', externalId, true);
    this.date = this.readers.instant('complaint.date', date);
    this.complaint = [
      ...this.texts('complaint', { severity, issue, channel: words.channel }, true),
      ...this.texts('complaint', { ...words, channel: undefined }),
    ];
    this.product = this.texts('complaint.product', { ...product });
    if (assigned) {
      this.assigned = {
        date: this.readers.instant('complaint.assigned.date', assigned.date),
        agentId: this.text('complaint.assigned.agentId', assigned.agentId, true),
        department: this.text('complaint.assigned.department', assigned.department),
      };
    }
    this.breached = this.code('complaint.breached', breached, COMPLAINT_METRICS);
    this.outcome = this.text('complaint.resolution.outcome', resolution?.outcome);
    this.resolvedAt = this.instant('complaint.resolution.date', resolution?.date);
    this.told = this.text('complaint.resolution.told', resolution?.told);
    this.disputed = this.code('complaint.resolution.disputed', resolution?.disputed, ['yes', 'no']);
  }

  /** What the row says; undefined when something in it is wrong, with every problem added. */
  read(row: Row, problems: Problem[]): ComplaintFacts | undefined {
    const before = problems.length;
    const facts = {
      externalCustomerId: this.externalCustomerId(row, problems),
      customer: valuesOf(this.customer, row, problems),
      externalId: this.externalId(row, problems),
      occurredAt: this.date(row, problems)!,
      complaint: valuesOf(this.complaint, row, problems),
      product: valuesOf(this.product, row, problems),
      assigned: this.assignment(row, problems),
      breached: this.breached(row, problems),
      resolution: this.resolution(row, problems),
    };
    return problems.length > before ? undefined : facts;
  }

  private assignment(row: Row, problems: Problem[]): ComplaintFacts['assigned'] {
    if (this.assigned === undefined) return undefined;
    const occurredAt = this.assigned.date(row, problems)!;
    const agentId = this.assigned.agentId(row, problems)!;
    const department = this.assigned.department(row, problems);
    return { occurredAt, agentId, ...(department !== undefined && { department }) };
  }

  private resolution(row: Row, problems: Problem[]): ComplaintFacts['resolution'] {
    const outcome = this.outcome(row, problems);
    if (outcome === undefined) return undefined;
    const occurredAt = this.resolvedAt(row, problems);
    const told = this.told(row, problems);
    return { outcome, occurredAt, told, disputed: this.disputed(row, problems) === 'yes' };
  }

  private text(field: string, mapping: ValueMapping | undefined, required = false): FieldReader<string> {
    return mapping ? this.readers.text(field, mapping, { required }) : NOTHING;
  }

  private instant(field: string, mapping: DateMapping | undefined): FieldReader<string> {
    return mapping ? this.readers.instant(field, mapping) : NOTHING;
  }

  /** One word of a few, or none. */
  private code<Word extends string>(
    field: string,
    mapping: ValueMapping | undefined,
    words: readonly Word[],
  ): FieldReader<Word> {
    const read = this.text(field, mapping);
    return (row, problems) => {
      const text = read(row, problems);
      const word = words.find((each) => each === text);
      if (text !== undefined && word === undefined) {
        problems.push({ column: mapping?.column, field, message: `must be one of: ${words.join(', ')}` });
      }
      return word;
    };
  }

  private texts(prefix: string, mappings: Record<string, ValueMapping | undefined>, required = false): Texts {
    return Object.entries(mappings)
      .filter((entry): entry is [string, ValueMapping] => entry[1] !== undefined)
      .map(([name, mapping]) => [name, this.readers.text(`${prefix}.${name}`, mapping, { required })]);
  }
}

/** The fields that are not empty: what a source does not know is left out. */
function valuesOf(readings: Texts, row: Row, problems: Problem[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, read] of readings) {
    const value = read(row, problems);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
