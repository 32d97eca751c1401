/** Exact arithmetic on decimals of zero or more: `units / 10^scale`. A JSON number would lose cents. */
export interface Decimal {
  units: bigint;
  scale: number;
}

/** Reads a decimal number as text: `"12.50"`. */
export function decimal(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** The decimal, so many times. */
export function times({ units, scale }: Decimal, factor: bigint): Decimal {
  return { units: units * factor, scale };
}

/** The whole part. */
export function floor({ units, scale }: Decimal): bigint {
  return units / 10n ** BigInt(scale);
}

/** The nearest whole number; the even one where two are equally near, so that rounding many sums does not drift. */
export function roundHalfEven(value: Decimal): bigint {
  return divideHalfEven(value.units, 10n ** BigInt(value.scale));
}

/** A quotient of zero or more, rounded alike. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const whole = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}
