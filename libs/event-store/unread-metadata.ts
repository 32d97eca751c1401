import type { EventMetadata, Recorded } from '#contracts/envelope.js';
import { ERASED_HASH, isSealed, type Sealed } from './personal-data-cipher.js';
import type { Range } from './protocol/read-frame.js';

const CUSTOMER = '"customerId"';
/** What stands between the name of a field and its text, as Rapport writes JSON. */
const OPENING = ':"';

/** The metadata of an event that is not decoded: the customer is found without it, because views mostly ask for that alone. */
export class UnreadMetadata implements EventMetadata {
  /** @param event to be decoded where anything but the customer is asked for. */
  constructor(
    private readonly bytes: Buffer,
    private readonly range: Range,
    private readonly event: { decoded(): Recorded },
  ) {}

  get customerId(): string | undefined {
    const [start, end] = this.range;
    // A character a byte: what is found in it lies at the same place in the bytes.
    const text = this.bytes.toString('latin1', start, end);
    const name = text.indexOf(CUSTOMER);
    if (name < 0) return undefined;
    const from = name + CUSTOMER.length + OPENING.length;
    // Of the bytes and not of the text, which a part of it would keep in memory.
    const customerId = this.bytes.toString('utf8', start + from, start + text.indexOf('"', from));
    // The first may be a text and no name, and what is escaped is not what it says.
    const isPlain = text.startsWith(OPENING, from - OPENING.length) && !customerId.includes('\\');
    return isPlain ? customerId : this.event.decoded().metadata.customerId;
  }

  get occurredAt(): EventMetadata['occurredAt'] {
    return this.event.decoded().metadata.occurredAt;
  }

  get actor(): EventMetadata['actor'] {
    return this.event.decoded().metadata.actor;
  }

  get reason(): EventMetadata['reason'] {
    return this.event.decoded().metadata.reason;
  }

  get correlationId(): EventMetadata['correlationId'] {
    return this.event.decoded().metadata.correlationId;
  }

  get causationId(): EventMetadata['causationId'] {
    return this.event.decoded().metadata.causationId;
  }

  get commandId(): EventMetadata['commandId'] {
    return this.event.decoded().metadata.commandId;
  }

  get commandHash(): EventMetadata['commandHash'] {
    return this.event.decoded().metadata.commandHash;
  }

  get subject(): EventMetadata['subject'] {
    return this.event.decoded().metadata.subject;
  }

  get schemaVersion(): EventMetadata['schemaVersion'] {
    return this.event.decoded().metadata.schemaVersion;
  }

  get source(): EventMetadata['source'] {
    return this.event.decoded().metadata.source;
  }

  get decidedBy(): EventMetadata['decidedBy'] {
    return this.event.decoded().metadata.decidedBy;
  }

  get traceparent(): EventMetadata['traceparent'] {
    return this.event.decoded().metadata.traceparent;
  }
}

/** With EventStoreDB's own names of the two ids, and the hash of the command sealed where it tells of personal data. */
export type WrittenMetadata = Omit<EventMetadata, 'correlationId' | 'causationId' | 'commandHash'> & {
  commandHash: string | Sealed;
  $correlationId: string;
  $causationId: string;
};

/** All of them, so that none is forgotten: one by one takes a fraction of what leaving out and renaming takes. */
type EveryField = { [Field in keyof Required<EventMetadata>]: EventMetadata[Field] };

/** As the codec decodes them, but for the hash of the command, which is for commands alone: sealed, it is not opened. */
export function metadataOf(written: WrittenMetadata, schemaVersion: number): EveryField {
  return {
    occurredAt: written.occurredAt,
    actor: written.actor,
    reason: written.reason,
    correlationId: written.$correlationId,
    causationId: written.$causationId,
    commandId: written.commandId,
    commandHash: isSealed(written.commandHash) ? ERASED_HASH : written.commandHash,
    subject: written.subject,
    customerId: written.customerId,
    schemaVersion,
    source: written.source,
    decidedBy: written.decidedBy,
    traceparent: written.traceparent,
  };
}
