import { Amount, Id, Instant, ListOf, Nested, Optional, Text } from '#contracts/fields.js';
import { CostedLine, LineQuantity, PurchaseContent, ReturnedPurchaseLine } from '#contracts/purchase.events.js';

/** What a caller says of a purchase: its event holds more, which is known from what is recorded. */
export class CostsBody {
  @ListOf(() => CostedLine) lines!: CostedLine[];
}

export class FulfilmentBody {
  /** Left out: derived from the command. Here and below. */
  @Optional() @Id() fulfilmentId?: string;
  @ListOf(() => LineQuantity) lines!: LineQuantity[];
  /** Left out: when it happened. */
  @Optional() @Instant() deliveredAt?: string;
}

export class PaymentBody {
  @Optional() @Id() paymentId?: string;
  @Amount() amount!: number;
}

export class ReturnBody {
  @Optional() @Id() returnId?: string;
  @ListOf(() => ReturnedPurchaseLine) lines!: ReturnedPurchaseLine[];
  @Amount() refund!: number;
  @Optional() @Text(2000) reason?: string;
}

export class CancellationBody {
  @Optional() @Text(2000) reason?: string;
}

export class CorrectionBody {
  @Nested(() => PurchaseContent) after!: PurchaseContent;
  @Text(2000) reason!: string;
}
