import { CHANNELS, type Channel, LINE_KINDS, type LineKind } from './codes.js';
import { ExternalIdentity } from './customer.events.js';
import { Amount, Code, Count, Currency, Decimal, Id, ListOf, Nested, Optional, Text } from './fields.js';

export class PurchaseLine {
  @Text(100) lineId!: string;
  @Optional() @Text(200) productId?: string;
  @Optional() @Text(500) name?: string;
  @Optional() @Text(200) category?: string;
  @Code(LINE_KINDS) kind!: LineKind;
  @Count(1) quantity!: number;
  @Optional() @Decimal() listPrice?: string;
  @Optional() @Decimal() unitPrice?: string;
  @Optional() @Amount() discount?: number;
  @Optional() @Amount() tax?: number;
  /** What the line adds to the purchase's subtotal, in minor units. */
  @Amount() total!: number;
  @Optional() @Decimal() unitCost?: string;
}

/** Amounts in minor units of `currency`: subtotal = Σ line totals; total = subtotal − discount + shipping + tax. */
export class CustomerPurchased {
  @Id() customerId!: string;
  @Optional() @Nested(() => ExternalIdentity) externalOrderId?: ExternalIdentity;
  @Currency() currency!: string;
  @Optional() @Code(CHANNELS) channel?: Channel;
  @Optional() @Text(100) channelDetail?: string;
  @Optional() @Text(200) outletId?: string;
  @Optional() @Text(200) sellerId?: string;
  @Optional() @Text(200) intermediaryId?: string;
  @Optional() @Text(500) attribution?: string;
  @ListOf(() => PurchaseLine) lines!: PurchaseLine[];
  @Amount() subtotal!: number;
  @Amount() discount!: number;
  @Amount() shipping!: number;
  @Amount() tax!: number;
  @Amount() total!: number;
}

export class ReturnedLine {
  @Optional() @Text(200) productId?: string;
  @Optional() @Text(500) name?: string;
  @Count(1) quantity!: number;
  @Amount() refund!: number;
}

/** A return whose purchase is not known. Refund = Σ line refunds, in minor units of `currency`. */
export class UnlinkedReturnRecorded {
  @Id() customerId!: string;
  @Optional() @Nested(() => ExternalIdentity) externalReturnId?: ExternalIdentity;
  @Currency() currency!: string;
  @ListOf(() => ReturnedLine) lines!: ReturnedLine[];
  @Amount() refund!: number;
  @Optional() @Text(2000) reason?: string;
}
