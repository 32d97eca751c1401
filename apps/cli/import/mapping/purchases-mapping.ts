import { Code, Flag, Nested, Optional } from '#contracts/fields.js';
import { SourceName } from './mapping-fields.js';
import { ReaderMapping } from './reader-mapping.js';
import { DateMapping, NumberMapping, ValueMapping } from './value-mapping.js';

/** The customer of a row. The first row of a customer in the file acquires it, at that row's date. */
export class CustomerMapping {
  /** What the customer is known by in the source: `07592` of `cdnow` is addressed as `cdnow:07592`. */
  @Nested(() => ValueMapping) externalId!: ValueMapping;
  /** `person` or `organisation`. */
  @Nested(() => ValueMapping) partyKind!: ValueMapping;
  /** One role, or several separated by commas: endConsumer, serviceUser, retailer, dealer, distributor, supplier, partner. */
  @Nested(() => ValueMapping) roles!: ValueMapping;
  /** The channel by which the customer came: web, store, phone … or `other`. */
  @Nested(() => ValueMapping) channel!: ValueMapping;
  /** What the source calls the channel. */
  @Optional() @Nested(() => ValueMapping) channelDetail?: ValueMapping;
  /** The name. Personal data: it is encrypted in the log. */
  @Optional() @Nested(() => ValueMapping) name?: ValueMapping;
  /** `inbound` or `outbound`. */
  @Optional() @Nested(() => ValueMapping) approach?: ValueMapping;
  /** The campaign that won the customer. */
  @Optional() @Nested(() => ValueMapping) campaignId?: ValueMapping;
  /** The intermediary through which the customer came. */
  @Optional() @Nested(() => ValueMapping) intermediaryId?: ValueMapping;
  /** What made them a customer. */
  @Optional() @Nested(() => ValueMapping) trigger?: ValueMapping;
}

/** One line of a purchase. Every row is one. */
export class LineMapping {
  /** The line's id in the order. Default: 1, 2, 3 … in the order of the rows. */
  @Optional() @Nested(() => ValueMapping) lineId?: ValueMapping;
  /** The product's id in the source. */
  @Optional() @Nested(() => ValueMapping) productId?: ValueMapping;
  /** The product's name. */
  @Optional() @Nested(() => ValueMapping) name?: ValueMapping;
  /** The product's category. */
  @Optional() @Nested(() => ValueMapping) category?: ValueMapping;
  /** `product` or `service`. Default: product. */
  @Optional() @Nested(() => ValueMapping) kind?: ValueMapping;
  /** How many, a whole number. Negative: see `returns`. */
  @Nested(() => NumberMapping) quantity!: NumberMapping;
  /** The price of one, up to 6 decimals. */
  @Optional() @Nested(() => NumberMapping) unitPrice?: NumberMapping;
  /** The price of one before any discount, up to 6 decimals. */
  @Optional() @Nested(() => NumberMapping) listPrice?: NumberMapping;
  /** What is taken off the line. With a unit price, total = quantity × unit price − discount. */
  @Optional() @Nested(() => NumberMapping) discount?: NumberMapping;
  /** The line's tax, for information: it is part of no sum. */
  @Optional() @Nested(() => NumberMapping) tax?: NumberMapping;
  /** What the line adds to the subtotal. Default: quantity × unit price, rounded half-even, − discount. */
  @Optional() @Nested(() => NumberMapping) total?: NumberMapping;
}

/** The purchase that a row is, or is a line of. */
export class PurchaseMapping {
  /** The order's number in the source. Without it a row's identity is its line number in the file. */
  @Optional() @Nested(() => ValueMapping) externalId?: ValueMapping;
  /** Whether rows that follow each other with the same `externalId` are the lines of one order. Default: false. */
  @Optional() @Flag() grouped?: boolean;
  /** When it was bought. Of a grouped order the first row's counts. */
  @Nested(() => DateMapping) date!: DateMapping;
  /** ISO 4217 code, as USD. Its decimals are those of every amount. */
  @Nested(() => ValueMapping) currency!: ValueMapping;
  /** The channel of the purchase. */
  @Optional() @Nested(() => ValueMapping) channel?: ValueMapping;
  /** What the source calls the channel. */
  @Optional() @Nested(() => ValueMapping) channelDetail?: ValueMapping;
  /** The outlet. */
  @Optional() @Nested(() => ValueMapping) outletId?: ValueMapping;
  /** The employee who sold. */
  @Optional() @Nested(() => ValueMapping) sellerId?: ValueMapping;
  /** The intermediary through whom it was bought. */
  @Optional() @Nested(() => ValueMapping) intermediaryId?: ValueMapping;
  /** What led to the purchase. */
  @Optional() @Nested(() => ValueMapping) attribution?: ValueMapping;
  /** The line. */
  @Nested(() => LineMapping) line!: LineMapping;
  /** What is taken off the whole purchase. Default: 0. */
  @Optional() @Nested(() => NumberMapping) discount?: NumberMapping;
  /** Shipping. Default: 0. */
  @Optional() @Nested(() => NumberMapping) shipping?: NumberMapping;
  /** Tax on top of the prices. Default: 0. */
  @Optional() @Nested(() => NumberMapping) tax?: NumberMapping;
}

export const NEGATIVE_QUANTITIES = ['return', 'reject'] as const;

/** What becomes of goods that came back. */
export class ReturnsMapping {
  /** A row with a negative quantity is a return whose purchase is not known, or is rejected. */
  @Code(NEGATIVE_QUANTITIES) negativeQuantity!: (typeof NEGATIVE_QUANTITIES)[number];
}

/** A purchase history: from columns to the fields of commands. */
export class PurchasesMapping {
  /** What the rows are. */
  @Code(['purchases']) kind!: 'purchases';
  /** The system that the records come from: the first part of every identity, as `cdnow` in `cdnow:07592`. */
  @SourceName() source!: string;
  /** How the file becomes rows. */
  @Nested(() => ReaderMapping) reader!: ReaderMapping;
  /** The customer. */
  @Nested(() => CustomerMapping) customer!: CustomerMapping;
  /** The purchase. */
  @Nested(() => PurchaseMapping) purchase!: PurchaseMapping;
  /** Goods that came back. Default: negative quantities are rejected. */
  @Optional() @Nested(() => ReturnsMapping) returns?: ReturnsMapping;
}
