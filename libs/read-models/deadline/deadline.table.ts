import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Deadline } from '#domain/deadline.js';

/** The deadlines that run for one owner: a stream, or `customer-{id}` for what is about a customer as a whole. */
@Entity({ schema: 'views', name: 'deadline' })
export class DeadlinesOfOwner {
  @PrimaryColumn('text') owner!: string;
  @Column('uuid', { nullable: true }) customerId!: string | null;
  @Column('jsonb') deadlines!: Deadline[];
  /** The earliest of them; null when none runs. */
  @Index() @Column('timestamptz', { nullable: true }) nextDueAt!: string | null;
  /** The event that changed it last: who has read the rows up to a position need not read them again. */
  @Index() @Column('bigint') position!: number;
}
