import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where each projection stands. Derived like the rows: dropped with them, made again with them. */
@Entity({ schema: 'views', name: 'checkpoints' })
export class ViewCheckpoint {
  @PrimaryColumn('text') processor!: string;
  @PrimaryColumn('int') segment!: number;
  @Column('uuid') storeId!: string;
  @Column('bigint', { nullable: true }) position!: number | null;
  @Column('bigint', { nullable: true }) appendedPosition!: number | null;
  @Column('bigint') epoch!: number;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt!: string;
}
