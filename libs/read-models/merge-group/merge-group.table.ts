import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One row a customer that lives on in another at present. Who has no row is its own. */
@Entity({ schema: 'views', name: 'merge_group' })
export class MergedCustomer {
  @PrimaryColumn('uuid') customerId!: string;
  @Index() @Column('uuid') survivorId!: string;
  @Column('uuid') mergeId!: string;
  @Column('timestamptz') mergedAt!: string;
}
