import { DefaultNamingStrategy } from 'typeorm';

/** `lastPurchaseAt` is the column `last_purchase_at`: SQL is written by hand here, and without quotes. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
}

export class SnakeCaseNames extends DefaultNamingStrategy {
  override columnName(property: string, customName: string | undefined): string {
    return customName ?? columnName(property);
  }
}
