import { creditedOn, type Lot, type LoyaltyLedger } from './state.js';

/** What a ledger held on a day. */
export interface LedgerOnDay {
  lots: Lot[];
  deficit: number;
}

/**
 * The ledger as it was on a day: what the events up to that day give, folded in the order recorded. Lots know the day
 * that they came, movements theirs. Only a deficit makes the order matter: what repays it depends on what has happened
 * by then, so with one the lots are credited again, one after the other.
 */
export function ledgerOn(ledger: LoyaltyLedger, date: string): LedgerOnDay {
  const { lots, movements, deficit } = ledger;
  const isThere = (lot: Lot) => creditedOn(lot) <= date;
  const everyMovement = movements.every(({ on }) => on <= date);
  if (everyMovement && lots.every(isThere)) return { lots, deficit };
  if (everyMovement && movements.every((movement) => movement.deficit === undefined)) {
    return { lots: lots.filter(isThere), deficit };
  }
  const folded = foldedThrough(ledger, date);
  return { lots: folded.lots.filter(isThere), deficit: folded.deficit };
}

function foldedThrough({ lots, movements }: LoyaltyLedger, date: string): LedgerOnDay {
  const folded = lots.map((lot) => ({ ...lot, points: 0, remaining: 0 }));
  let deficit = 0;
  let credited = 0;
  const creditThrough = (count: number): void => {
    for (; credited < count; credited++) {
      const lot = folded[credited]!;
      if (creditedOn(lot) > date) continue;
      const repaid = Math.min(deficit, lot.credited);
      deficit -= repaid;
      lot.remaining = lot.credited - repaid;
      lot.points = lot.isByHand ? 0 : lot.credited;
    }
  };
  for (const movement of movements) {
    creditThrough(movement.lotsBefore);
    if (movement.on > date) continue;
    for (const [place, remaining, points] of movement.changes) {
      folded[place]!.remaining += remaining;
      folded[place]!.points += points;
    }
    deficit += movement.deficit ?? 0;
  }
  creditThrough(folded.length);
  return { lots: folded, deficit };
}
