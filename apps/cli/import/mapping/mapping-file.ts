import { readFile } from 'node:fs/promises';
import { InvalidFields, parse } from '#contracts/validation.js';
import { CliError, exitCode } from '../../exit.js';
import { ComplaintsMapping } from './complaints-mapping.js';
import { CustomersMapping, checkCustomers } from './customers-mapping.js';
import { atField } from './mapping-error.js';
import { PurchasesMapping } from './purchases-mapping.js';
import { checkReader } from './reader-mapping.js';

/** Every kind of file that can be imported, with the declaration of its mapping. A new kind is added here. */
const mappings = { purchases: PurchasesMapping, complaints: ComplaintsMapping, customers: CustomersMapping } as const;

export type Mapping = InstanceType<(typeof mappings)[keyof typeof mappings]>;

/**
 * Reads and checks a mapping file.
 * @throws CliError (exit code 2) naming each field that is wrong.
 */
export async function readMapping(file: string): Promise<Mapping> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`Cannot read the mapping ${file}: ${messageOf(error)}`, exitCode.usage);
  }
  try {
    return parseMapping(JSON.parse(text));
  } catch (error) {
    if (error instanceof InvalidFields) throw wrongMapping(file, error);
    throw new CliError(`The mapping ${file} is not JSON: ${messageOf(error)}`, exitCode.usage);
  }
}

/** @throws InvalidFields naming each field that is wrong. */
export function parseMapping(json: unknown): Mapping {
  const kind = typeof json === 'object' && json !== null && 'kind' in json ? json.kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(mappings, kind)) {
    throw atField('kind', 'kind', `must be one of: ${Object.keys(mappings).join(', ')}`);
  }
  const mapping = parse<Mapping>(mappings[kind as keyof typeof mappings], json);
  checkReader(mapping.reader);
  if (mapping.kind === 'customers') checkCustomers(mapping);
  return mapping;
}

/** What a user is told of a mapping that is wrong. */
export function wrongMapping(file: string, { fields }: InvalidFields): CliError {
  const lines = fields.map(({ field, message }) => (message.startsWith(field) ? message : `${field}: ${message}`));
  return new CliError(`The mapping ${file} is wrong: ${lines[0]}`, exitCode.usage, lines.slice(1));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
