import type { EventBody, Subject } from '#contracts/envelope.js';
import type { StreamCategory } from '#contracts/events.js';
import type { Decider } from '#domain/decider.js';
import type { CommandMeta } from './command-meta.js';

/** A command on its way to one stream. */
export interface StreamCommand<State, Command extends object, Event extends EventBody> {
  category: StreamCategory;
  id: string;
  decider: Decider<State, Command, Event>;
  command: Command;
  /**
   * What the caller said, where the command holds more: what a handler adds (published rules) may differ when the same
   * command is sent again, and it must be recognised all the same.
   */
  said?: object;
  meta: CommandMeta;
  subject: Subject;
  customerId?: string;
  /** The command makes the stream: the same content once more is the same record, another content is refused. */
  creates?: boolean;
  /** With `creates`: from which state of a stream that is there the command goes on all the same. */
  goesOnFrom?: (state: State) => boolean;
}
