import { comparable, type Identifying } from './comparable.js';

/** So many letters of a name, a city or an address tell enough, and few of them are mistyped. */
const OF_NAME = 3;
const OF_CITY = 4;
const OF_LINE = 12;
/** A shorter line, a bare house number for instance, says nothing. */
const SHORTEST_LINE = 6;

/**
 * Only customers that share a key are compared, never all pairs. Each key joins two things that seldom agree by chance,
 * and there are several kinds, so that duplicates meet in one where they differ in another. The first letter says of
 * which kind a key is.
 */
export function blockingKeys(known: Identifying): string[] {
  const { nameParts, nameWords, birthDate, taxId, city, postalCode, addressLines, emails, phones } = comparable(known);
  const keys = new Set<string>();
  for (const email of emails) keys.add(`e${email}`);
  for (const phone of phones) keys.add(`t${phone}`);
  if (taxId) keys.add(`x${taxId}`);
  if (birthDate) keys.add(`b${birthDate}`);
  for (const line of addressLines) if (line.length >= SHORTEST_LINE) keys.add(`a${line.slice(0, OF_LINE)}`);
  const names = new Set([...nameParts, ...nameWords].map((name) => name.slice(0, OF_NAME)));
  for (const name of names) {
    if (birthDate) keys.add(`d${name},${birthDate.slice(4)}`).add(`y${name},${birthDate.slice(0, 6)}`);
    if (postalCode) keys.add(`p${name},${postalCode}`);
    if (city) keys.add(`c${name},${city.slice(0, OF_CITY)}`);
  }
  return [...keys].sort();
}
