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

/** The digits of a phone number as it was given: how it is found where its country is not known. */
export function digitsOf(phone: string): string {
  return phone.replace(/\D+/g, '');
}
