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
/** Of what follows a part's beginning so much counts: a text of nothing but parts must not grow out of bounds. */
const LONGEST_PART = 64;

/**
 * The words of some texts, each with a blank before it, so that where a word begins can be found in it. What begins
 * inside a word is a word too: `hoa.nguyen@example.org` is found by `nguyen` and by `example.org`.
 */
export function searchableText(texts: string[]): string {
  const words = texts.flatMap((text) => searchText(text).split(' ').filter(Boolean)).flatMap(withParts);
  return [...new Set(words)].map((word) => ` ${word}`).join('');
}

function withParts(word: string): string[] {
  if (WHOLE.test(word)) return [word];
  const parts = word.split(PART);
  return [
    word,
    ...parts.slice(1).map((_, index) =>
      parts
        .slice(index + 1)
        .join('')
        .slice(0, LONGEST_PART)
        .toWellFormed(),
    ),
  ];
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
