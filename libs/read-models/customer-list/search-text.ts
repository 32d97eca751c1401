/**
 * Text as it is compared in a search: lower case, without diacritics (`Nguyễn` is found by `nguyen`), every run of other
 * characters than letters, digits and those of e-mail addresses one blank.
 */
export function searchText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^\p{L}\p{N}@.+_-]+/gu, ' ')
    .trim();
}

/** Where a part of a word begins: after what joins parts, and at each character of a script that is written without blanks. */
const PART =
  /(?<=[@.+_-])(?![@.+_-])|(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}])/u;
/** A word of which these are all characters has no parts; most have none, and splitting takes far longer than a look. */
const WHOLE = /^[a-z0-9]*$/;
/** Of a word so many characters count. */
const LONGEST_WORD = 64;
/** Bytes of the words of one customer: they stand in B-trees, whose entries have 2,704 at most. */
const LONGEST_TEXT = 2_400;

/** The words of a text as they are compared. */
export function wordsOf(text: string): string[] {
  return searchText(text).split(' ').filter(Boolean).map(wordOf);
}

/**
 * The words of some texts, each with a blank before it, so that where a word begins can be found in it. What begins
 * inside a word is a word too: `hoa.nguyen@example.org` is found by `nguyen` and by `example.org`. Nobody is found by what
 * finds no place any more: whole words come first, in the order of the texts.
 */
export function searchableText(texts: string[]): string {
  const words = texts.flatMap(wordsOf);
  let searchable = '';
  let bytes = 0;
  for (const word of new Set([...words, ...words.flatMap(partsOf)])) {
    const more = 1 + Buffer.byteLength(word);
    if (bytes + more > LONGEST_TEXT) continue;
    searchable += ` ${word}`;
    bytes += more;
  }
  return searchable;
}

function partsOf(word: string): string[] {
  if (WHOLE.test(word)) return [];
  const parts = word.split(PART);
  return parts.slice(1).map((_, index) => wordOf(parts.slice(index + 1).join('')));
}

function wordOf(text: string): string {
  return text.slice(0, LONGEST_WORD).toWellFormed();
}

/** So many characters of each word's beginning are what the index finds it by. */
export const BEGINNINGS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 24];

/** By what the index finds the words that begin with this one, and few others. */
export function beginningOf(word: string): string {
  const characters = [...word];
  return characters
    .slice(
      0,
      BEGINNINGS.findLast((length) => length <= characters.length),
    )
    .join('');
}

/** The digits of a phone number as it was given: how it is found where its country is not known. */
export function digitsOf(phone: string): string {
  return phone.replace(/\D+/g, '');
}
