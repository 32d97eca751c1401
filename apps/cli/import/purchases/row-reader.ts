import type { LineKind } from '#contracts/codes.js';
import { decimalsOf } from '#domain/currency.js';
import { lineGross } from '#domain/purchase/totals.js';
import type { DecimalText } from '../conversion/decimal-text.js';
import type { Problem } from '../conversion/problems.js';
import { type FieldReader, FieldReaders, priceOf, unitsOf } from '../conversion/value-readers.js';
import { atField } from '../mapping/mapping-error.js';
import type { PurchasesMapping } from '../mapping/purchases-mapping.js';
import type { NumberMapping, ValueMapping } from '../mapping/value-mapping.js';
import type { Row } from '../reading/row.js';
import type { RowFacts } from './order-facts.js';

/** A number's reader with what is needed to tell what is wrong with it. */
interface NumberField {
  field: string;
  mapping: NumberMapping;
  read: FieldReader<DecimalText>;
}

/** Reads rows by a mapping: every column found, every text converted, every problem of a row named. */
export class RowReader {
  private readonly readers: FieldReaders;
  private readonly orderId?: FieldReader<string>;
  private readonly customerId: FieldReader<string>;
  private readonly date: FieldReader<string>;
  private readonly currency: FieldReader<string>;
  private readonly customerTexts: [string, FieldReader<string>][];
  private readonly purchaseTexts: [string, FieldReader<string>][];
  private readonly lineTexts: [string, FieldReader<string>][];
  private readonly numbers: Record<
    'quantity' | 'unitPrice' | 'listPrice' | 'lineDiscount' | 'lineTax' | 'total' | 'discount' | 'shipping' | 'tax',
    NumberField | undefined
  >;
  private readonly returnsAllowed: boolean;

  /** @throws InvalidFields when the mapping does not fit the file's columns. */
  constructor({ customer, purchase, returns }: PurchasesMapping, columns: readonly string[]) {
    this.readers = new FieldReaders(columns);
    const { line } = purchase;
    if (purchase.grouped && !purchase.externalId) {
      throw atField('purchase.externalId', 'required', 'rows can only be grouped by an order number');
    }
    if (!line.total && !line.unitPrice) {
      throw atField('purchase.line.total', 'required', 'map the total of the line, or its unitPrice');
    }
    this.customerId = this.readers.text('customer.externalId', customer.externalId, { required: true });
    this.date = this.readers.instant('purchase.date', purchase.date);
    this.currency = this.readers.text('purchase.currency', purchase.currency, { required: true });
    if (purchase.externalId) {
      this.orderId = this.readers.text('purchase.externalId', purchase.externalId, { required: true });
    }
    const { partyKind, roles, channel, channelDetail, name, approach, campaignId, intermediaryId, trigger } = customer;
    this.customerTexts = [
      ...this.texts('customer', { partyKind, roles, channel }, true),
      ...this.texts('customer', { channelDetail, name, approach, campaignId, intermediaryId, trigger }),
    ];
    this.purchaseTexts = this.texts('purchase', {
      channel: purchase.channel,
      channelDetail: purchase.channelDetail,
      outletId: purchase.outletId,
      sellerId: purchase.sellerId,
      intermediaryId: purchase.intermediaryId,
      attribution: purchase.attribution,
    });
    const { lineId, productId, name: productName, category, kind } = line;
    this.lineTexts = this.texts('purchase.line', { lineId, productId, name: productName, category, kind });
    this.numbers = {
      quantity: this.number('purchase.line.quantity', line.quantity, true),
      unitPrice: this.number('purchase.line.unitPrice', line.unitPrice, !line.total),
      listPrice: this.number('purchase.line.listPrice', line.listPrice),
      lineDiscount: this.number('purchase.line.discount', line.discount),
      lineTax: this.number('purchase.line.tax', line.tax),
      total: this.number('purchase.line.total', line.total, !line.unitPrice),
      discount: this.number('purchase.discount', purchase.discount),
      shipping: this.number('purchase.shipping', purchase.shipping),
      tax: this.number('purchase.tax', purchase.tax),
    };
    this.returnsAllowed = returns?.negativeQuantity === 'return';
  }

  /** The order that the row belongs to, where the mapping names one. */
  orderOf(row: Row): string | undefined {
    return this.orderId?.(row, []);
  }

  /** What the row says; undefined when something in it is wrong, with every problem added. */
  read(row: Row, problems: Problem[]): RowFacts | undefined {
    const before = problems.length;
    const orderId = this.orderId?.(row, problems);
    const externalCustomerId = this.customerId(row, problems);
    const occurredAt = this.date(row, problems);
    const currency = this.currency(row, problems);
    const { roles, ...customer } = readTexts(this.customerTexts, row, problems);
    const purchase = readTexts(this.purchaseTexts, row, problems);
    const line = currency === undefined ? undefined : this.line(row, currency, problems);
    if (problems.length > before) return undefined;
    // Codes are checked with the rest of the event's data, against its declaration.
    const acquired = { ...customer, roles: roles?.split(/\s*,\s*/) } as RowFacts['acquired'];
    return {
      row,
      orderId,
      externalCustomerId: externalCustomerId!,
      occurredAt: occurredAt!,
      currency: currency!,
      acquired,
      purchase,
      ...line!,
    };
  }

  private line(
    row: Row,
    currency: string,
    problems: Problem[],
  ): Pick<RowFacts, 'line' | 'amounts' | 'returned'> | undefined {
    const decimals = decimalsOf(currency);
    const amount = (number: NumberField | undefined) => this.amount(number, row, decimals, problems);
    const quantity = this.units(this.numbers.quantity, row, 0, problems);
    const texts = readTexts(this.lineTexts, row, problems);
    const unitPrice = this.price(this.numbers.unitPrice, row, problems);
    const listPrice = this.price(this.numbers.listPrice, row, problems);
    const discount = amount(this.numbers.lineDiscount);
    const tax = amount(this.numbers.lineTax);
    const returned = quantity !== undefined && quantity < 0;
    if (returned && !this.returnsAllowed) {
      const { field, mapping } = this.numbers.quantity!;
      problems.push({ column: mapping.column, field, message: 'is negative, and the mapping takes no returns' });
    }
    // Of a return, sources write the amount with a sign or without.
    const stated = returned ? this.units(this.numbers.total, row, decimals, problems) : amount(this.numbers.total);
    const amounts = {
      discount: amount(this.numbers.discount) ?? 0,
      shipping: amount(this.numbers.shipping) ?? 0,
      tax: amount(this.numbers.tax) ?? 0,
    };
    if (quantity === undefined) return undefined;
    const count = Math.abs(quantity);
    const gross = () => Number(lineGross(unitPrice ?? '0', count, currency)) - (discount ?? 0);
    const total = stated === undefined ? gross() : Math.abs(stated);
    const line: RowFacts['line'] = { kind: 'product' as LineKind, ...texts, quantity: count, total };
    if (unitPrice !== undefined) line.unitPrice = unitPrice;
    if (listPrice !== undefined) line.listPrice = listPrice;
    if (discount !== undefined) line.discount = discount;
    if (tax !== undefined) line.tax = tax;
    return { line, amounts, returned };
  }

  private texts(prefix: string, mappings: Record<string, ValueMapping | undefined>, required = false) {
    return Object.entries(mappings)
      .filter((entry): entry is [string, ValueMapping] => entry[1] !== undefined)
      .map(([name, mapping]): [string, FieldReader<string>] => [
        name,
        this.readers.text(`${prefix}.${name}`, mapping, { required }),
      ]);
  }

  private number(field: string, mapping: NumberMapping | undefined, required = false): NumberField | undefined {
    return mapping && { field, mapping, read: this.readers.number(field, mapping, { required }) };
  }

  private units(number: NumberField | undefined, row: Row, decimals: number, problems: Problem[]): number | undefined {
    const value = number?.read(row, problems);
    return value && unitsOf(value, decimals, number!.field, number!.mapping, problems);
  }

  private amount(number: NumberField | undefined, row: Row, decimals: number, problems: Problem[]): number | undefined {
    const units = this.units(number, row, decimals, problems);
    if (units === undefined || units >= 0) return units;
    problems.push({ column: number!.mapping.column, field: number!.field, message: 'must be zero or more' });
    return undefined;
  }

  private price(number: NumberField | undefined, row: Row, problems: Problem[]): string | undefined {
    const value = number?.read(row, problems);
    return value && priceOf(value, number!.field, number!.mapping, problems);
  }
}

/** The fields that are not empty: what a source does not know is left out. */
function readTexts(
  readers: readonly [string, FieldReader<string>][],
  row: Row,
  problems: Problem[],
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, read] of readers) {
    const value = read(row, problems);
    if (value !== undefined) texts[name] = value;
  }
  return texts;
}
