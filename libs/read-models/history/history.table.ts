import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventMetadata } from '#contracts/envelope.js';

/** What the history keeps of an event's metadata, besides what has a column. */
export type KeptMetadata = Omit<EventMetadata, 'occurredAt' | 'customerId' | 'commandHash' | 'subject'>;

/**
 * One row an event, as it stands in the log: what is personal stays sealed and is opened by the query, so that destroying
 * a key is enough here too (docs/adr/0016).
 */
@Entity({ schema: 'views', name: 'history' })
@Index(['customerId', 'position'])
// While the customer is unknown, and of what is about no customer, the stream leads to the events.
@Index(['streamId'], { where: 'customer_id is null' })
@Index(['customerId'], { where: "type in ('ComplaintAttributed', 'InteractionAttributed')" })
@Index(['causedBy'], { where: 'caused_by is not null' })
export class HistoryEntry {
  @PrimaryColumn('uuid') eventId!: string;
  @Column('bigint') position!: number;
  /** null where none was known when it was recorded. */
  @Column('uuid', { nullable: true }) customerId!: string | null;
  @Column('text') streamId!: string;
  @Column('int') revision!: number;
  @Column('text') type!: string;
  /** Before, during or after a purchase, of events that say so. */
  @Column('text', { nullable: true }) phase!: string | null;
  /** As it was told, to the last digit. */
  @Column('text') occurredAt!: string;
  @Column('timestamptz') recordedAt!: string;
  /** The event that brought it about; null where a command did. */
  @Column('uuid', { nullable: true }) causedBy!: string | null;
  @Column('json') metadata!: KeptMetadata;
  @Column('json') data!: object;
}
