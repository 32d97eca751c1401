import { problemText } from '../conversion/problems.js';
import type { ImportTarget, WaitForSettled } from '../import-target.js';
import type { Mapping } from '../mapping/mapping-file.js';
import type { RejectedRows } from '../purchases/order-facts.js';
import type { RowSource } from '../reading/row-source.js';
import { Chains } from './chains.js';
import { InFileOrder } from './in-file-order.js';
import type { Progress } from './progress.js';
import { type Piece, recordsOf } from './records.js';
import type { Reject, Rejects } from './rejects.js';
import type { RetryClock } from './retry.js';
import { type ImportSummary, Tally } from './tally.js';

/** Commands on their way at once. More does not make the store quicker. */
const IN_FLIGHT = 128;
/** Orders that are read before their turn has come: enough that long chains do not idle the others. */
const READ_AHEAD = 4_096;

export interface ImportOptions {
  mapping: Mapping;
  input: RowSource;
  /** The file's name, without its folder. */
  file: string;
  /** Nothing is appended; the target only decides. */
  dryRun?: boolean;
}

export interface ImportDeps {
  target: ImportTarget;
  /** Left out: the import ends with its last append. */
  wait?: WaitForSettled;
  clock: RetryClock;
  progress: Progress;
  rejects: Rejects;
}

export interface ImportResult {
  summary: ImportSummary;
  /** The first rejected rows of the file, a few of them. */
  firstRejects: readonly Reject[];
}

/**
 * Imports the rows of a file: in order for each customer, several customers at once.
 * @throws InvalidFields when the mapping does not fit the file, ServerAway, or an error that is none of the rows'.
 */
export async function runImport(options: ImportOptions, deps: ImportDeps): Promise<ImportResult> {
  const { mapping, input, file, dryRun } = options;
  const { target, clock, progress, rejects, wait } = deps;
  const start = clock.milliseconds();
  const records = recordsOf(mapping, input.columns, { target, clock, file });
  const chains = new Chains(IN_FLIGHT, READ_AHEAD);
  const tally = new Tally();
  const ordered = new InFileOrder<Reject>(async (found) => {
    tally.remember(found);
    await rejects.add(found);
  });

  const take = async (piece: Piece) => {
    const ticket = ordered.ticket();
    if (piece.kind === 'rejected') {
      tally.rejected += piece.rows.length;
      ordered.settle(ticket, rejectsOf(piece));
      return;
    }
    await chains.add(piece.customerId, async () => {
      const sent = await piece.send();
      for (const one of sent) tally.count(one);
      ordered.settle(
        ticket,
        sent.flatMap((one) => one.rejects),
      );
    });
  };

  try {
    let bytesBefore = 0;
    for await (const rows of input.rows) {
      const bytes = input.bytesRead();
      for (const [index, row] of rows.entries()) {
        tally.rows++;
        for (const piece of records.push(row)) await take(piece);
        // The bytes of a chunk are shared out over its rows, so that a small file has a moving bar too.
        const bytesDone = bytesBefore + ((bytes - bytesBefore) * (index + 1)) / rows.length;
        progress.update({ rows: tally.done, bytesDone, totalBytes: input.totalBytes });
      }
      bytesBefore = bytes;
      await ordered.flush();
    }
    for (const piece of records.end()) await take(piece);
    await chains.drain();
    if (wait && tally.position !== undefined) await wait(tally.position, ({ text }) => progress.waiting(text));
  } finally {
    progress.end();
    await ordered.flush();
    await rejects.close();
  }
  const seconds = Math.round(clock.milliseconds() - start) / 1000;
  const returns = mapping.kind === 'purchases' && mapping.returns?.negativeQuantity === 'return';
  return {
    summary: tally.summary(records.customers(), seconds, { returns, dryRun }),
    firstRejects: tally.firstRejects,
  };
}

function rejectsOf({ rows }: RejectedRows): Reject[] {
  return rows.map(({ row, problems }) => ({ row, reason: problems.map(problemText).join('; ') }));
}
