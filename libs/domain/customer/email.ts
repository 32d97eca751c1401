import { isIPv4, isIPv6 } from 'node:net';

// Letters, marks and digits of any script stand beside ASCII: RFC 6531 lets mailboxes have them.
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\p{L}\\p{M}\\p{N}-]+";
const DOT_STRING = new RegExp(`^${ATOM}(\\.${ATOM})*$`, 'u');
/** Between quotes: printable ASCII, where a backslash and a quote are written after a backslash. */
const QUOTED_STRING = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;
const LABEL = /^[A-Za-z0-9\p{L}\p{N}](?:[A-Za-z0-9\p{L}\p{M}\p{N}-]*[A-Za-z0-9\p{L}\p{M}\p{N}])?$/u;

const LONGEST = { localPart: 64, label: 63, domain: 255, address: 254 };

/**
 * Whether mail can be addressed to it: a mailbox of RFC 5321 (`Mailbox` in section 4.1.2), within its lengths. What
 * only a message's header may have, such as comments and folded lines (RFC 5322), is none. No server is asked.
 */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1) return false;
  const [localPart, domain] = [text.slice(0, at), text.slice(at + 1)];
  return (
    Buffer.byteLength(localPart) <= LONGEST.localPart &&
    Buffer.byteLength(text) <= LONGEST.address &&
    (DOT_STRING.test(localPart) || QUOTED_STRING.test(localPart)) &&
    (isDomain(domain) || isAddressLiteral(domain))
  );
}

function isDomain(domain: string): boolean {
  return (
    Buffer.byteLength(domain) <= LONGEST.domain &&
    domain.split('.').every((label) => Buffer.byteLength(label) <= LONGEST.label && LABEL.test(label))
  );
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
function isAddressLiteral(domain: string): boolean {
  const literal = /^\[(IPv6:)?([0-9A-Fa-f:.]+)\]$/i.exec(domain);
  if (literal === null) return false;
  const [, ipv6, address = ''] = literal;
  return ipv6 === undefined ? isIPv4(address) : isIPv6(address);
}
