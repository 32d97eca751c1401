import type { CommandMeta } from '#commands/command-meta.js';
import type { ExternalIdentity } from '#contracts/customer.events.js';
import { derivedId, externalId } from '#contracts/ids.js';

/** The id of somebody who is met for the first time: what they are known by outside gives it, else the command. */
export function newCustomerId(
  { externalIdentity }: { externalIdentity?: ExternalIdentity },
  { commandId }: CommandMeta,
): string {
  return externalIdentity ? externalId('customer', externalIdentity) : derivedId('customer', commandId);
}
