import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PartyKind } from '#contracts/codes.js';
import type { Identifying } from './comparable.js';

/** A contact point by which customers are compared. */
export interface MatchContact {
  contactPointId: string;
  medium: 'email' | 'phone';
  value: string;
}

/** One row a customer: what it can be recognised by, and the keys under which it is looked for. */
@Entity({ schema: 'views', name: 'match_keys' })
export class MatchKeys {
  @PrimaryColumn('uuid') customerId!: string;
  @Column('text', { nullable: true }) partyKind!: PartyKind | null;
  @Column('jsonb') identifying!: Identifying;
  @Column('jsonb') contacts!: MatchContact[];
  @Index({ type: 'gin' }) @Column('text', { array: true }) keys!: string[];
  /** Customers that this one was found to be another than. */
  @Column('uuid', { array: true }) dismissed!: string[];
}
