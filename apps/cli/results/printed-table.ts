import { type Column, type Row, textOf } from './columns.js';

const GAP = '  ';

/** Rows as lines of aligned columns, numbers to the right. */
export function tableLines(columns: readonly Column[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ name }) => oneLine(textOf(row[name]))));
  const widths = columns.map(({ name }, at) =>
    cells.reduce((most, line) => Math.max(most, widthOf(line[at]!)), widthOf(name)),
  );
  const lineOf = (texts: string[]) =>
    texts
      .map((text, at) => {
        const blanks = ' '.repeat(widths[at]! - widthOf(text));
        return isNumber(columns[at]!) ? blanks + text : text + blanks;
      })
      .join(GAP)
      .trimEnd();
  return [
    lineOf(columns.map(({ name }) => name)),
    widths.map((width) => '─'.repeat(width)).join(GAP),
    ...cells.map(lineOf),
  ];
}

function isNumber({ type }: Column): boolean {
  return type === 'integer' || type === 'number';
}

function widthOf(text: string): number {
  return [...text].length;
}

/** What would break the line, or move the cursor, is shown as its escape. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
