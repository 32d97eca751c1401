import type { AcquiringCommand } from './acquiring-commands.js';
import type { EraseCustomer } from './erasing.js';
import type { MergingCommand } from './merging-commands.js';
import type { ProfileCommand } from './profile-commands.js';
import type { RelationshipCommand } from './relationship-commands.js';
import type { RetentionCommand } from './retention-commands.js';

/** Every command of a `customer-{id}` stream, by concept. */
export type CustomerCommand =
  | AcquiringCommand
  | MergingCommand
  | ProfileCommand
  | RelationshipCommand
  | RetentionCommand
  | EraseCustomer;
