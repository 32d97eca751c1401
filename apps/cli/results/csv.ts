import { type Column, type Row, textOf } from './columns.js';

/** A line of CSV (RFC 4180). */
export function csvLine(texts: readonly string[]): string {
  return `${texts.map(field).join(',')}\r\n`;
}

export function csvRow(columns: readonly Column[], row: Row): string {
  return csvLine(columns.map(({ name }) => textOf(row[name])));
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
