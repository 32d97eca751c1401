import type { Lot, LoyaltyLedger, Movement } from './state.js';

/**
 * A ledger that events are folded into. Each of thousands of events would copy thousands of lots: here lots and movements
 * are copied once, before the first change, and the ledger that the fold began with stays as it was.
 */
export class LedgerDraft {
  private ownLots: Lot[] | undefined;
  private ownMovements: Movement[] | undefined;
  private places: Map<string, number> | undefined;

  constructor(public ledger: LoyaltyLedger) {}

  /** With other fields than lots and movements. */
  change(fields: Partial<Omit<LoyaltyLedger, 'lots' | 'movements'>>): void {
    this.ledger = { ...this.ledger, ...fields };
  }

  /** Where a lot stands; undefined where the ledger has none of that id. */
  placeOf(lotId: string): number | undefined {
    this.places ??= new Map(this.ledger.lots.map((lot, place) => [lot.lotId, place]));
    return this.places.get(lotId);
  }

  addLot(lot: Lot): void {
    const lots = this.lotsToChange();
    this.places?.set(lot.lotId, lots.length);
    lots.push(lot);
  }

  replaceLot(place: number, lot: Lot): void {
    this.lotsToChange()[place] = lot;
  }

  addMovement(movement: Movement): void {
    if (this.ownMovements === undefined) {
      this.ownMovements = [...this.ledger.movements];
      this.ledger = { ...this.ledger, movements: this.ownMovements };
    }
    this.ownMovements.push(movement);
  }

  private lotsToChange(): Lot[] {
    if (this.ownLots === undefined) {
      this.ownLots = [...this.ledger.lots];
      this.ledger = { ...this.ledger, lots: this.ownLots };
    }
    return this.ownLots;
  }
}
