/** How a source writes its numbers. */
export interface NumberStyle {
  decimalSeparator?: string;
  groupSeparator?: string;
  /** The text is a whole number whose last digits are decimals: `1177` with 2 is 11.77. */
  impliedDecimals?: number;
}

/** A decimal number taken apart: its digits, and how many of them are decimals. Exact; no floating point. */
export interface DecimalText {
  negative: boolean;
  digits: string;
  scale: number;
}

/** Reads `1,234.50`, `-.5`, `7` or `+3`; undefined when the text is no number in this style. */
export function readDecimal(text: string, style: NumberStyle = {}): DecimalText | undefined {
  let plain = text;
  if (style.groupSeparator !== undefined && plain.includes(style.groupSeparator)) {
    // Groups where they belong, or it is a decimal separator that the mapping has wrong: "1,5" must not become 15.
    const groups = plain
      .split(style.decimalSeparator ?? '.')[0]!
      .replace(/^[+-]/, '')
      .split(style.groupSeparator);
    const [first, ...others] = groups;
    const inPlace = /^\d{1,3}$/.test(first!) && others.every((group) => /^\d{2,3}$/.test(group));
    if (!inPlace || others.at(-1)?.length !== 3) return undefined;
    plain = plain.replaceAll(style.groupSeparator, '');
  }
  if (style.decimalSeparator !== undefined && style.decimalSeparator !== '.') {
    // With another separator a point is no part of a number, unless it groups digits and is gone by now.
    if (plain.includes('.')) return undefined;
    plain = plain.replace(style.decimalSeparator, '.');
  }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (match === null) return undefined;
  const whole = match[2]!;
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const implied = style.impliedDecimals ?? 0;
  if (implied > 0 && match[3] !== undefined) return undefined;
  return { negative: match[1] === '-', digits: whole + fraction, scale: fraction.length + implied };
}

/** Why a number is not a whole count of units. */
export type NotWhole = 'too-many-decimals' | 'too-large';

/**
 * The number as a count of units of 10^-decimals: 11.77 with 2 decimals is 1177. Never via floating point.
 * More decimals than that are refused unless they are zeros, or `round` says to round half-even.
 */
export function toUnits({ digits, scale }: DecimalText, decimals: number, round = false): number | NotWhole {
  let units: bigint | number;
  if (scale <= decimals) {
    const padded = digits + '0'.repeat(decimals - scale);
    // Up to 15 digits a JavaScript number is exact, and quicker than a bigint.
    units = padded.length <= 15 ? Number(padded) : BigInt(padded);
  } else {
    const cut = digits.padStart(scale + 1, '0');
    const at = cut.length - (scale - decimals);
    const kept = BigInt(cut.slice(0, at) || '0');
    const rest = cut.slice(at);
    if (/^0*$/.test(rest)) units = kept;
    else if (round) units = roundHalfEven(kept, rest);
    else return 'too-many-decimals';
  }
  return units > Number.MAX_SAFE_INTEGER ? 'too-large' : Number(units);
}

function roundHalfEven(kept: bigint, rest: string): bigint {
  const first = rest.charCodeAt(0) - 48;
  const half = first === 5 && /^50*$/.test(rest);
  const up = half ? kept % 2n === 1n : first >= 5;
  return up ? kept + 1n : kept;
}

/** The number as plain decimal text with up to 6 decimals, as events write a unit price; undefined when it has more. */
export function toPlainText({ digits, scale }: DecimalText): string | undefined {
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale).replace(/^0+(?=\d)/, '');
  let fraction = padded.slice(padded.length - scale);
  if (fraction.length > 6) fraction = fraction.replace(/0+$/, '');
  if (fraction.length > 6 || whole.length > 15) return undefined;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
