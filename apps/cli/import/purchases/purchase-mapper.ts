import type { Problem } from '../conversion/problems.js';
import type { PurchasesMapping } from '../mapping/purchases-mapping.js';
import type { Row } from '../reading/row.js';
import { contradictions, OrderBuilder, problemsOf } from './order-builder.js';
import type { Mapped, RejectedRows, RowFacts } from './order-facts.js';
import { RowReader } from './row-reader.js';

/** How many lines a purchase may have; its rows are held in memory until the order is complete. */
const MOST_LINES = 1000;

interface ReadRow {
  row: Row;
  facts?: RowFacts;
  problems: Problem[];
}

/** The rows of an order that is not known to be complete. */
interface Group {
  orderId: string | undefined;
  rows: ReadRow[];
  /** Whether the order of the last row could not be told. */
  lastUnknown: boolean;
  tooLong: boolean;
}

/** Turns rows into orders: each row one, or rows that follow each other lines of one. */
export class PurchaseMapper {
  private readonly reader: RowReader;
  private readonly builder: OrderBuilder;
  private readonly grouped: boolean;
  private group: Group | undefined;

  /** @throws InvalidFields when the mapping does not fit the file's columns. */
  constructor(mapping: PurchasesMapping, columns: readonly string[]) {
    this.reader = new RowReader(mapping, columns);
    this.builder = new OrderBuilder(mapping.source);
    this.grouped = mapping.purchase.grouped ?? false;
  }

  /** What is complete with this row. */
  push(row: Row): Mapped[] {
    if (!this.grouped) return [this.finish([this.read(row)])];
    const orderId = row.problem === undefined ? this.reader.orderOf(row) : undefined;
    // A row whose order cannot be told may be a line of the order before it, and of the one after it: all are
    // rejected together, because an order that lacked a line would be recorded wrong for ever.
    const { group } = this;
    const joins = group && (orderId === undefined || group.lastUnknown || orderId === group.orderId);
    const complete = joins ? [] : this.end();
    const current = joins ? group : { orderId, rows: [], lastUnknown: false, tooLong: false };
    this.group = current;
    current.orderId = orderId ?? current.orderId;
    current.lastUnknown = orderId === undefined;
    current.rows.push(this.read(row));
    if (current.rows.length > MOST_LINES) current.tooLong = true;
    // It will be rejected whatever comes: its rows need not be kept.
    if (current.tooLong) complete.push(rejected(current.rows.splice(0), `has more than ${MOST_LINES} lines`));
    return complete;
  }

  /** What is complete when no row follows. */
  end(): Mapped[] {
    const group = this.group;
    this.group = undefined;
    return group === undefined || group.rows.length === 0 ? [] : [this.finish(group.rows)];
  }

  private read(row: Row): ReadRow {
    const problems: Problem[] = [];
    if (row.problem !== undefined) return { row, problems: [{ field: '', message: row.problem }] };
    return { row, facts: this.reader.read(row, problems), problems };
  }

  private finish(rows: ReadRow[]): Mapped {
    const facts = rows.flatMap((one) => one.facts ?? []);
    if (facts.length < rows.length) return rejected(rows);
    if (rows.length > 1) {
      const found = contradictions(facts);
      if (found.size > 0) return rejected(facts.map((one) => ({ row: one.row, problems: found.get(one) ?? [] })));
    }
    try {
      return this.builder.build(facts);
    } catch (error) {
      const problems = problemsOf(error);
      return rejected(rows.map(({ row }, index) => ({ row, problems: problemsOfLine(problems, index, rows.length) })));
    }
  }
}

/** A problem of one line of the order belongs to that line's row, any other to the first row. */
function problemsOfLine(problems: Problem[], index: number, lines: number): Problem[] {
  return problems.filter(({ field }) => {
    const line = Number(/^lines\.(\d+)/.exec(field)?.[1] ?? 0);
    return (line < lines ? line : 0) === index;
  });
}

/** Rows that are right themselves are rejected because of those that are not, and say so. */
function rejected(rows: ReadRow[], reason?: string): RejectedRows {
  const bad = rows.filter(({ problems }) => problems.length > 0).map(({ row }) => row.line);
  const because = reason ?? `is rejected because of line ${bad.slice(0, 5).join(', ')}`;
  return {
    kind: 'rejected',
    rows: rows.map(({ row, problems }) => ({
      row,
      problems: problems.length > 0 ? problems : [{ field: '', message: `the order that it belongs to ${because}` }],
    })),
  };
}
