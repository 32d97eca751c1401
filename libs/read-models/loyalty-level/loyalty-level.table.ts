import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LoyaltyLedger } from '#domain/loyalty/state.js';

/** One row a member: the ledger. Balance and loyalty level on any day are computed from it. */
@Entity({ schema: 'views', name: 'loyalty_level' })
export class LoyaltyLevel {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('json') ledger!: LoyaltyLedger;
  @Column('bigint') position!: number;
}
