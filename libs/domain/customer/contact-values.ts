import type { ContactMedium } from '#contracts/codes.js';
import { ensure } from '../deciding.js';
import { isEmailAddress } from './email.js';
import { toE164 } from './phone.js';

/**
 * The value of a contact point as it is used: a telephone or fax number in E.164, all else as given.
 * @throws RuleViolation for what cannot be a value of the medium.
 */
export function normalised(medium: ContactMedium, given: string, country?: string): string {
  if (medium === 'email') {
    ensure(
      isEmailAddress(given),
      'invalid',
      'email-address-valid',
      'This is no e-mail address that mail can be sent to: give it as name@example.org, without anything around it.',
      'value',
    );
  }
  if (medium !== 'phone' && medium !== 'fax') return given;
  const number = toE164(given, country);
  ensure(
    number !== undefined,
    'invalid',
    'phone-number-valid',
    'This is no telephone number: give it with + and the code of its country, or name the country beside it.',
    'value',
  );
  return number;
}

/** By what two values of a medium are told to be the same: an e-mail address is compared in lower case. */
export function comparable(medium: ContactMedium, value: string): string {
  // Of an erased customer there is no value any more.
  return medium === 'email' ? (value ?? '').toLowerCase() : value;
}
