/** One reason why a row is rejected: where and which rule. */
export interface Problem {
  /** The column whose value breaks the rule, where it is one column's. */
  column?: string;
  /** The field of the mapping that the value was for, or of the command. */
  field: string;
  message: string;
}

/** The problem in one line: `column date (purchase.date) must be …, not "19970231"`. */
export function problemText({ column, field, message }: Problem): string {
  if (column !== undefined) return `column ${column} (${field}) ${message}`;
  return message.startsWith(field) ? message : `${field}: ${message}`;
}
