// The core and its data apart: the entry that binds them imports JSON in a way that engines begin to refuse.
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/**
 * A telephone number in E.164, as +84912345678; undefined when it is none.
 * @param country of a number that is given without the code of its country, ISO 3166-1 alpha-2.
 */
export function toE164(given: string, country?: string): string | undefined {
  const number = parsePhoneNumberFromString(given, { defaultCountry: dialled(country), extract: false }, metadata);
  return number?.isValid() ? number.number : undefined;
}

/** A few territories have no telephone numbers of their own. */
function dialled(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country as CountryCode, metadata)
    ? (country as CountryCode)
    : undefined;
}
