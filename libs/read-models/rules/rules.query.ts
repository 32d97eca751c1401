import type { RulesDocument, RulesName } from '#contracts/rules.events.js';
import { RowTable } from '#processing/row-table.js';
import type { Read, ReadOptions, ViewReader } from '../view-reader.js';
import { rulesVersions } from './rules.projection.js';
import { RulesVersion } from './rules.table.js';

export interface PublishedVersion {
  version: number;
  validFrom: string;
  publishedAt: string;
  document: RulesDocument;
}

const table = new RowTable(RulesVersion).name;

const BY_NAME = `
  select version, published->>'validFrom' as "validFrom", published_at as "publishedAt",
         published->'document' as document
    from ${table} where name = $1 order by version`;

/** SQL for a JSON list of every version of the rules of a name, null where there are none. */
export function publishedRulesSql(name: RulesName): string {
  return `(select jsonb_agg(published order by version) from ${table} where name = '${name}')`;
}

/** Every version of the rules of a name, the first one first. */
export function findRules(reader: ViewReader, name: RulesName, options: ReadOptions): Promise<Read<PublishedVersion>> {
  return reader.read<PublishedVersion>([rulesVersions], BY_NAME, [name], options);
}
