/** Of the first and of the last purchases each so many are known: which ones they are when some are cancelled. */
const KNOWN = 5;

interface Bought {
  purchaseId: string;
  /** When, in the form in which rows keep instants: a later one is the later text. */
  at: string;
}

/** The purchases of a customer that were not cancelled, as far as their rhythm needs them. */
export interface KeptPurchases<Purchase extends Bought = Bought> {
  count: number;
  /** The first ones first; never none. */
  earliest: Purchase[];
  /** The last one first; never none. */
  latest: Purchase[];
}

/** With one more, whenever it happened; of two at the same instant the one recorded later is the later one. */
export function withPurchase<Purchase extends Bought>(
  kept: KeptPurchases<Purchase> | null,
  purchase: Purchase,
): KeptPurchases<Purchase> {
  if (kept === null) return { count: 1, earliest: [purchase], latest: [purchase] };
  const { count, earliest, latest } = kept;
  return {
    count: count + 1,
    earliest: inserted(earliest, purchase, ({ at }) => at > purchase.at, count),
    latest: inserted(latest, purchase, ({ at }) => at <= purchase.at, count),
  };
}

/**
 * Without one that was cancelled; null when none is left. Should all that are known at one end be cancelled, the last of
 * them stays there: the row does not hold every purchase.
 */
export function withoutPurchase<Purchase extends Bought>(
  kept: KeptPurchases<Purchase>,
  purchaseId: string,
): KeptPurchases<Purchase> | null {
  const { count, earliest, latest } = kept;
  // Where all are known, it is none of them: it was not counted.
  if (earliest.length === count && !earliest.some((known) => known.purchaseId === purchaseId)) return kept;
  if (count === 1) return null;
  return { count: count - 1, earliest: without(earliest, purchaseId), latest: without(latest, purchaseId) };
}

/** Of several customers who are one. */
export function combinedPurchases<Purchase extends Bought>(
  all: KeptPurchases<Purchase>[],
): KeptPurchases<Purchase> | null {
  if (all.length === 0) return null;
  const ordered = (purchases: Purchase[], sign: 1 | -1) =>
    purchases.sort((a, b) => sign * (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(0, KNOWN);
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    earliest: ordered(
      all.flatMap(({ earliest }) => earliest),
      1,
    ),
    latest: ordered(
      all.flatMap(({ latest }) => latest),
      -1,
    ),
  };
}

/** Before the first one that goes behind it; at the end only where none is missing in between. */
function inserted<Purchase extends Bought>(
  known: Purchase[],
  purchase: Purchase,
  goesBehind: (other: Purchase) => boolean,
  count: number,
): Purchase[] {
  const place = known.findIndex(goesBehind);
  if (place === -1 && known.length < count) return known;
  return known.toSpliced(place === -1 ? known.length : place, 0, purchase).slice(0, KNOWN);
}

function without<Purchase extends Bought>(known: Purchase[], purchaseId: string): Purchase[] {
  const left = known.filter((purchase) => purchase.purchaseId !== purchaseId);
  return left.length === 0 ? known : left;
}
