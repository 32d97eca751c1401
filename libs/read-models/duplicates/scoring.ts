import { jaroWinkler } from '@skyra/jaro-winkler';
import damerauLevenshtein from 'damerau-levenshtein';
import type { DuplicateEvidence } from '#contracts/merge.events.js';
import type { Comparable } from './comparable.js';

/** How alike two customers are. */
export interface Likeness {
  /** From 0 to 1: how probable it is that they are one, by the weights of docs/adr/0011. */
  score: number;
  /** The fields that both know, and how well they agree. */
  evidence: DuplicateEvidence[];
}

/** From this score on a pair is suggested. */
export const SUGGESTED_FROM = 0.5;

/**
 * Fellegi and Sunter's weights in bits: how much more often a field agrees so well between two records of one person
 * than by chance; below zero where it differs. `from` is the least similarity of each step, the last one is 0.
 */
interface Steps {
  similarity(a: string, b: string): number;
  steps: readonly { from: number; bits: number }[];
}

const similarity = (a: string, b: string) => damerauLevenshtein(a, b).similarity;

const NAME: Steps = {
  similarity: jaroWinkler,
  steps: [
    { from: 0.99, bits: 6 },
    { from: 0.87, bits: 4.5 },
    { from: 0.8, bits: 1 },
    { from: 0, bits: -4 },
  ],
};
const BIRTH_DATE: Steps = {
  similarity,
  // One digit of eight that differs, or two neighbours swapped; then two.
  steps: [
    { from: 1, bits: 11 },
    { from: 0.87, bits: 6 },
    { from: 0.74, bits: 2 },
    { from: 0, bits: -5 },
  ],
};
const ADDRESS_LINE: Steps = {
  similarity,
  steps: [
    { from: 0.9, bits: 7 },
    { from: 0.75, bits: 5 },
    { from: 0.65, bits: 1 },
    { from: 0, bits: -1.5 },
  ],
};
const POSTAL_CODE: Steps = {
  similarity,
  steps: [
    { from: 1, bits: 6 },
    { from: 0.74, bits: 3 },
    { from: 0, bits: -2 },
  ],
};
const CITY: Steps = {
  similarity: jaroWinkler,
  steps: [
    { from: 0.9, bits: 5 },
    { from: 0.8, bits: 2 },
    { from: 0, bits: -2 },
  ],
};
const REGION: Steps = { similarity: same, steps: [1, 0].map((from) => ({ from, bits: from === 1 ? 1 : -1 })) };
const EMAIL: Steps = {
  similarity,
  steps: [
    { from: 1, bits: 13 },
    { from: 0.9, bits: 4 },
    { from: 0, bits: -1 },
  ],
};
/** A family shares one. */
const PHONE: Steps = { similarity: same, steps: [1, 0].map((from) => ({ from, bits: from === 1 ? 9 : -1 })) };
const TAX_ID: Steps = { similarity: same, steps: [1, 0].map((from) => ({ from, bits: from === 1 ? 14 : -4 })) };

/** Of candidates that share a blocking key, about one pair in 2¹² would be one by chance. */
const PRIOR_BITS = -12;
/** Words of a name, and parts of an address, do not agree independently of each other: their sums have a ceiling. */
const MOST_OF_NAME = 14;
const MOST_OF_ADDRESS = 13;

/** Compares two customers by all that both of them know. Symmetric. */
export function likenessOf(a: Comparable, b: Comparable): Likeness {
  const evidence: DuplicateEvidence[] = [];
  const told = (field: string, found: Found | undefined): number => {
    if (found === undefined) return 0;
    evidence.push({ field, similarity: Math.round(found.similarity * 1000) / 1000 });
    return found.bits;
  };
  const apart = a.nameParts.length > 1 && b.nameParts.length > 1;
  const name = told('name', apart ? aligned(NAME, a.nameParts, b.nameParts) : aligned(NAME, a.nameWords, b.nameWords));
  const address =
    told('addressLines', aligned(ADDRESS_LINE, a.addressLines, b.addressLines)) +
    told('postalCode', single(POSTAL_CODE, a.postalCode, b.postalCode)) +
    told('city', single(CITY, a.city, b.city)) +
    told('region', single(REGION, a.region, b.region));
  const bits =
    Math.min(name, MOST_OF_NAME) +
    Math.min(address, MOST_OF_ADDRESS) +
    told('birthDate', single(BIRTH_DATE, a.birthDate, b.birthDate)) +
    told('email', best(EMAIL, a.emails, b.emails)) +
    told('phone', best(PHONE, a.phones, b.phones)) +
    told('taxId', single(TAX_ID, a.taxId, b.taxId));
  return { score: Math.round(1000 / (1 + 2 ** -(bits + PRIOR_BITS))) / 1000, evidence };
}

interface Found {
  similarity: number;
  bits: number;
}

function single(steps: Steps, a: string | undefined, b: string | undefined): Found | undefined {
  if (a === undefined || b === undefined) return undefined;
  const similarity = steps.similarity(a, b);
  return { similarity, bits: steps.steps.find(({ from }) => similarity >= from)!.bits };
}

/** Of several values the two that agree best: nobody's other e-mail address speaks against them. */
function best(steps: Steps, a: string[], b: string[]): Found | undefined {
  return pairs(steps, a, b)[0];
}

/**
 * Each value with the one that it agrees with best, none twice: given and family name change places, and so do the
 * lines of an address. What only one of them has says nothing.
 */
function aligned(steps: Steps, a: string[], b: string[]): Found | undefined {
  const taken = { a: new Set<number>(), b: new Set<number>() };
  const found: Found[] = [];
  for (const pair of pairs(steps, a, b)) {
    if (taken.a.has(pair.a) || taken.b.has(pair.b)) continue;
    taken.a.add(pair.a);
    taken.b.add(pair.b);
    found.push(pair);
  }
  if (found.length === 0) return undefined;
  return {
    similarity: found.reduce((sum, each) => sum + each.similarity, 0) / found.length,
    bits: found.reduce((sum, { bits }) => sum + bits, 0),
  };
}

/** Every value with every other, the most alike first. */
function pairs(steps: Steps, a: string[], b: string[]): (Found & { a: number; b: number })[] {
  return a
    .flatMap((one, i) => b.map((other, j) => ({ ...single(steps, one, other)!, a: i, b: j })))
    .sort((x, y) => y.similarity - x.similarity);
}

function same(a: string, b: string): number {
  return a === b ? 1 : 0;
}
