import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The ids that are not a customer's own: the id that an external identity gives, and the customer that claimed it. */
@Entity({ schema: 'views', name: 'customer_identity' })
export class CustomerIdentity {
  @PrimaryColumn('uuid') identityId!: string;
  @Column('uuid') customerId!: string;
}
