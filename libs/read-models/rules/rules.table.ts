import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RulesPublished } from '#contracts/rules.events.js';

/** Every published version of every rules document. */
@Entity({ schema: 'views', name: 'rules' })
export class RulesVersion {
  /** `name:version`. */
  @PrimaryColumn('text') key!: string;
  @Column('text') name!: string;
  @Column('int') version!: number;
  @Column('jsonb') published!: RulesPublished;
  @Column('timestamptz') publishedAt!: string;
}
