import { CHANNELS, type Channel, LINE_KINDS, type LineKind } from './codes.js';
import { ExternalIdentity } from './customer.events.js';
import { Amount, Code, Count, Currency, Decimal, Id, Instant, ListOf, Nested, Optional, Text } from './fields.js';
import { PersonalData } from './personal-data.js';

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

/** What is known of costs: of the lines whose unit cost is known, what they cost and Σ of their totals, in minor units. */
export class Costing {
  @Amount() cost!: number;
  @Amount() revenue!: number;
}

/** What the customer keeps of a purchase's total, before and after a return, cancellation or correction. */
export class PurchaseRemainder {
  /** The event that recorded the purchase, when it happened, and in which currency: what earned points. */
  @Id() purchasedEventId!: string;
  @Instant() purchasedAt!: string;
  @Currency() currency!: string;
  @Amount() before!: number;
  /** In proportion to the lines that were not returned; 0 when everything was. */
  @Amount() after!: number;
}

export class CostedLine {
  @Text(100) lineId!: string;
  @Decimal() unitCost!: string;
}

/** What the purchase cost the seller, known later: later costs replace earlier ones line by line. */
export class PurchaseCosted {
  @ListOf(() => CostedLine) lines!: CostedLine[];
  /** Of the purchase, so that a reader who keeps sums alone can go on. */
  @Optional() @Currency() currency?: string;
  @Optional() @Nested(() => Costing) before?: Costing;
  @Optional() @Nested(() => Costing) after?: Costing;
}

export class LineQuantity {
  @Text(100) lineId!: string;
  @Count(1) quantity!: number;
}

export class PurchaseFulfilled {
  @Id() fulfilmentId!: string;
  @ListOf(() => LineQuantity) lines!: LineQuantity[];
  @Instant() deliveredAt!: string;
}

export class PaymentReceived {
  @Id() paymentId!: string;
  /** In minor units of the purchase's currency. */
  @Amount() amount!: number;
}

export class ReturnedPurchaseLine extends LineQuantity {
  /** In minor units of the purchase's currency. */
  @Amount() refund!: number;
}

/** Some of what was bought came back. Refund = Σ line refunds. */
export class PurchaseReturned {
  @Id() returnId!: string;
  @ListOf(() => ReturnedPurchaseLine) lines!: ReturnedPurchaseLine[];
  @Amount() refund!: number;
  @Optional() @PersonalData() @Text(2000) reason?: string;
  @Optional() @Currency() currency?: string;
  /** Of what came back. */
  @Optional() @Nested(() => Costing) costing?: Costing;
  @Optional() @Nested(() => PurchaseRemainder) remainder?: PurchaseRemainder;
}

/** All of it was called off; what was paid goes back. */
export class PurchaseCancelled {
  @Optional() @PersonalData() @Text(2000) reason?: string;
  @Optional() @Currency() currency?: string;
  /** What goes back: the total less what was refunded before. */
  @Optional() @Amount() refund?: number;
  /** Of what had not come back before. */
  @Optional() @Nested(() => Costing) costing?: Costing;
  @Optional() @Nested(() => PurchaseRemainder) remainder?: PurchaseRemainder;
}

/** What a correction replaces: lines and sums. Customer, currency and order number stay. */
export class PurchaseContent {
  @ListOf(() => PurchaseLine) lines!: PurchaseLine[];
  @Amount() subtotal!: number;
  @Amount() discount!: number;
  @Amount() shipping!: number;
  @Amount() tax!: number;
  @Amount() total!: number;
}

/** What was recorded was wrong. */
export class PurchaseCorrected {
  @Nested(() => PurchaseContent) before!: PurchaseContent;
  @Nested(() => PurchaseContent) after!: PurchaseContent;
  @Text(2000) reason!: string;
  @Optional() @Currency() currency?: string;
  @Optional() @Nested(() => PurchaseRemainder) remainder?: PurchaseRemainder;
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
  @Optional() @PersonalData() @Text(2000) reason?: string;
}
