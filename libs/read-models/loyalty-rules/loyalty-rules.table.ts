import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RulesPublished } from '#contracts/rules.events.js';

/** Every published version of the loyalty rules. */
@Entity({ schema: 'views', name: 'loyalty_rules_v1' })
export class LoyaltyRulesVersion {
  @PrimaryColumn('text') version!: string;
  @Column('jsonb') published!: RulesPublished<'loyalty'>;
}
