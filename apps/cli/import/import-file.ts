import { basename, resolve } from 'node:path';
import { InvalidFields } from '#contracts/validation.js';
import { decimalsOf } from '#domain/currency.js';
import { unreachable } from '#domain/decider.js';
import { CliError, type ExitCode, exitCode } from '../exit.js';
import type { Output } from '../output.js';
import { DryRunTarget } from './dry-run-target.js';
import type { ImportTarget, WaitForSettled } from './import-target.js';
import { type Mapping, readMapping, wrongMapping } from './mapping/mapping-file.js';
import { openNumberedRows } from './reading/original-lines.js';
import { openRows } from './reading/row-source.js';
import { noProgress, type Progress, progressOn } from './running/progress.js';
import { defaultRejectFile, RejectFiles, reasonsFileOf } from './running/rejects.js';
import { isPassing, type RetryClock, ServerAway } from './running/retry.js';
import { type ImportResult, runImport } from './running/run-import.js';
import type { ImportSummary } from './running/tally.js';

/** What the command was called with. */
export interface ImportArguments {
  file: string;
  mapping: string;
  dryRun: boolean;
  wait: boolean;
  /** Where rejected rows go; left out: beside the working directory's other files, named after the file. */
  rejects?: string;
}

/** A connection to the servers that an import writes to. */
export interface ImportConnection {
  target: ImportTarget;
  wait: WaitForSettled;
  close(): Promise<void>;
}

/** What an import needs of the rest of the application. */
export interface ImportServices {
  /** Not called for a dry run. */
  connect(): Promise<ImportConnection>;
  /** Today for rules: `YYYY-MM-DD`. */
  businessDate(): string;
  clock: RetryClock;
  output: Output;
  /** Left out: on standard error, and none with --json. */
  progress?: Progress;
}

/**
 * Imports a file and tells what came of it.
 * @throws CliError with exit code 2 for a wrong file or mapping, 3 when a server cannot be reached.
 */
export async function importFile(args: ImportArguments, services: ImportServices): Promise<ExitCode> {
  const { clock, output } = services;
  const mapping = await readMapping(args.mapping);
  const rejectFile = args.rejects === undefined ? defaultRejectFile(args.file) : resolve(args.rejects);
  const own = [args.file, reasonsFileOf(args.file), args.mapping].map((file) => resolve(file));
  if (own.includes(rejectFile) || own.includes(reasonsFileOf(rejectFile))) {
    throw new CliError('--rejects names a file that the import reads.', exitCode.usage);
  }

  let connection: ImportConnection | undefined;
  let result: ImportResult;
  try {
    const open = isNumbered(mapping) ? openNumberedRows : openRows;
    const input = await open(args.file, mapping.reader);
    connection = args.dryRun ? undefined : await services.connect();
    result = await runImport(
      { mapping, input, file: basename(args.file), dryRun: args.dryRun },
      {
        target: connection?.target ?? new DryRunTarget(services.businessDate()),
        wait: args.wait ? connection?.wait : undefined,
        clock,
        progress: services.progress ?? (output.json ? noProgress : progressOn(process.stderr, clock.milliseconds)),
        rejects: new RejectFiles(rejectFile, input.head),
      },
    );
  } catch (error) {
    throw asCliError(error, args.mapping);
  } finally {
    await connection?.close();
  }
  return report(result, rejectFile, output);
}

/** Whether a row's line number is the identity of what it becomes. */
function isNumbered(mapping: Mapping): boolean {
  switch (mapping.kind) {
    case 'purchases':
      return !mapping.purchase.externalId;
    case 'complaints':
      return !mapping.complaint.externalId || !mapping.customer.externalId;
    case 'customers':
      return false;
    default:
      return unreachable(mapping);
  }
}

function asCliError(error: unknown, mappingFile: string): unknown {
  if (error instanceof InvalidFields) return wrongMapping(mappingFile, error);
  if (error instanceof ServerAway || isPassing(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new CliError(
      `A server cannot be reached: ${message}. Import the file again when it is back: what is recorded stays, and is not recorded twice.`,
      exitCode.unreachable,
    );
  }
  return error;
}

function report({ summary, firstRejects }: ImportResult, rejectFile: string, output: Output): ExitCode {
  if (summary.rejected > 0) {
    for (const { row, reason } of firstRejects) output.notice(`line ${row.line}: ${reason}`);
    const more = summary.rejected - firstRejects.length;
    if (more > 0) output.notice(`… and ${more.toLocaleString('en')} more`);
    output.notice(`Rejected rows: ${rejectFile}, with the reasons in ${reasonsFileOf(rejectFile)}`);
  }
  output.result(summary, linesOf(summary));
  return summary.rejected > 0 ? exitCode.refused : exitCode.done;
}

function linesOf(summary: ImportSummary): string[] {
  const number = (value: number) => value.toLocaleString('en');
  const { rows, customers, purchases, complaints, returns, refunded, appended, unchanged, rejected, seconds, dryRun } =
    summary;
  const would = dryRun ? 'would be ' : '';
  return [
    `${dryRun ? 'Dry run, nothing appended: ' : ''}${number(rows)} rows in ${seconds} s: ${number(appended)} ${would}appended, ${number(unchanged)} unchanged, ${number(rejected)} rejected`,
    complaints === undefined
      ? `${number(customers)} customers, ${number(purchases)} purchases${amounts(summary.amount)}`
      : `${number(customers)} customers, ${number(complaints)} complaints`,
    ...(returns === undefined ? [] : [`${number(returns)} returns${amounts(refunded ?? {})}`]),
  ];
}

function amounts(byCurrency: Record<string, number>): string {
  const texts = Object.entries(byCurrency).map(([currency, amount]) => amountText(amount, currency));
  return texts.length === 0 ? '' : `, ${texts.join(', ')}`;
}

function amountText(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(amount).padStart(decimals + 1, '0');
  const whole = BigInt(digits.slice(0, digits.length - decimals)).toLocaleString('en');
  return `${whole}${decimals > 0 ? `.${digits.slice(-decimals)}` : ''} ${currency}`;
}
