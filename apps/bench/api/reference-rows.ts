import { Column, type DataSource, Entity, PrimaryColumn, type Repository } from 'typeorm';
import type { RulesPublished } from '#contracts/rules.events.js';
import { emptyLedger } from '#domain/loyalty/state.js';
import { customer360 } from '#read-models/customer-360/customer-360.projection.js';
import { mergedAnswerOf } from '#read-models/customer-360/customer-360.query.js';
import { Customer360 } from '#read-models/customer-360/customer-360.table.js';
import { CustomerIdentity } from '#read-models/customer-identity/customer-identity.table.js';
import { LoyaltyLevel } from '#read-models/loyalty-level/loyalty-level.table.js';
import { MergedCustomer } from '#read-models/merge-group/merge-group.table.js';
import { RulesVersion } from '#read-models/rules/rules.table.js';

@Entity({ schema: 'views', name: 'checkpoints' })
class Checkpoint {
  @PrimaryColumn('text') processor!: string;
  @PrimaryColumn('int') segment!: number;
  @Column('bigint', { nullable: true }) position!: number | null;
}

/** The 360° view as one would build it on TypeORM's repositories: what does not wait for another is asked for at once. */
export class ReferenceRows {
  static readonly entities = [Customer360, CustomerIdentity, MergedCustomer, LoyaltyLevel, RulesVersion, Checkpoint];
  private readonly customers: Repository<Customer360>;
  private readonly merged: Repository<MergedCustomer>;

  constructor(private readonly source: DataSource) {
    this.customers = source.getRepository(Customer360);
    this.merged = source.getRepository(MergedCustomer);
  }

  row(customerId: string): Promise<Customer360 | null> {
    return this.customers.findOneBy({ customerId });
  }

  async view(id: string, date: string): Promise<object | undefined> {
    const identity = await this.source.getRepository(CustomerIdentity).findOneBy({ identityId: id });
    const own = identity?.customerId ?? id;
    const survivorId = (await this.merged.findOneBy({ customerId: own }))?.survivorId ?? own;
    const [row, absorbed, level, rules, checkpoints] = await Promise.all([
      this.row(survivorId),
      this.merged.findBy({ survivorId }),
      this.source.getRepository(LoyaltyLevel).findOneBy({ customerId: survivorId }),
      this.source.getRepository(RulesVersion).find({ where: { name: 'loyalty' }, order: { version: 'asc' } }),
      this.source.getRepository(Checkpoint).findBy({ processor: customer360.name }),
    ]);
    if (!row) return undefined;
    const others = await Promise.all(absorbed.map(({ customerId }) => this.row(customerId)));
    const members = [row, ...others.filter((other) => other !== null)];
    const published = rules.map((version) => version.published as RulesPublished<'loyalty'>);
    const answer = mergedAnswerOf({ own, survivorId }, members, level?.ledger ?? emptyLedger, published, date);
    const positions = checkpoints.flatMap(({ position }) => position ?? []);
    const isReached = checkpoints.length > 0 && positions.length === checkpoints.length;
    return { ...answer, position: isReached ? Math.min(...positions).toString() : undefined };
  }
}
