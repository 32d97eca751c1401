/** What two customers can be compared by. Left out: not known. */
export interface Identifying {
  givenName?: string;
  familyName?: string;
  /** The name in one piece, where its parts are not known. */
  fullName?: string;
  birthDate?: string;
  taxId?: string;
  region?: string;
  city?: string;
  postalCode?: string;
  addressLines?: string[];
  emails: string[];
  phones: string[];
}

/** The same, as it is compared: without case, accents, blanks and punctuation. */
export interface Comparable {
  /** Given and family name, where both records know them apart; else the words of the name. */
  nameParts: string[];
  nameWords: string[];
  birthDate?: string;
  taxId?: string;
  region?: string;
  city?: string;
  postalCode?: string;
  addressLines: string[];
  emails: string[];
  phones: string[];
}

/** Of a name of many words, a company's for instance, the first say which it is. */
const MOST_WORDS = 6;

export function comparable(known: Identifying): Comparable {
  const { givenName, familyName, fullName, addressLines = [], emails, phones } = known;
  const nameParts = [givenName, familyName].flatMap(folded);
  const words = fullName ?? [givenName, familyName].filter((part) => part !== undefined).join(' ');
  return {
    nameParts,
    nameWords: words.split(/\s+/).flatMap(folded).slice(0, MOST_WORDS),
    birthDate: known.birthDate?.replaceAll('-', ''),
    ...one('taxId', known),
    ...one('region', known),
    ...one('city', known),
    ...one('postalCode', known),
    addressLines: addressLines.flatMap(folded),
    emails: emails.map((email) => email.trim().toLowerCase()),
    phones: phones.flatMap((phone) => phone.replaceAll(/\D/g, '') || []),
  };
}

function one<Field extends 'taxId' | 'region' | 'city' | 'postalCode'>(field: Field, known: Identifying) {
  return { [field]: folded(known[field])[0] } as { [Name in Field]?: string };
}

/** Letters and digits alone, lower case, without accents: `Nguyễn Văn Đức` is `nguyenvanduc`. None when nothing is left. */
function folded(text: string | undefined): string[] {
  const bare = (text ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return bare === '' ? [] : [bare];
}
