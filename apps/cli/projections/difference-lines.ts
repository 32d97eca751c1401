import type { Comparison } from '#processing/rebuild/compare.js';
import { isSame, type RowDifference, type TableDifference } from '#processing/rebuild/comparison.js';

/** How many differing rows of a table are told in full, unless asked for otherwise. */
export const EXAMPLES_SHOWN = 10;
const LONGEST = 60;

/** A comparison, for a person. */
export function linesOf({ projection, build, liveVersion, version, position, tables }: Comparison): string[] {
  const builds = `live (version ${liveVersion}) and ${build} (version ${version})`;
  return [`${projection}, ${builds}, both at position ${position ?? 'none'}:`, ...tables.flatMap(linesOfTable)];
}

function linesOfTable(difference: TableDifference): string[] {
  const { table, live, other, onlyLive, onlyOther, differing, notCompared, examples } = difference;
  if (isSame(difference)) return [`  ${table}: ${live.toLocaleString('en')} rows, all the same.`];
  const more = examples.length < onlyLive + onlyOther + differing ? ['    …'] : [];
  return [
    `  ${table}: ${live} and ${other} rows; ${differing} differ, ${onlyLive} only live, ${onlyOther} only in the other.`,
    ...(notCompared.length > 0 ? [`    not in both, so not compared: ${notCompared.join(', ')}`] : []),
    ...examples.map((example) => `    ${lineOfRow(example)}`),
    ...more,
  ];
}

function lineOfRow({ key, in: where, fields }: RowDifference): string {
  if (where !== 'both') return `${key}: only in the ${where === 'live' ? 'live one' : 'other'}`;
  const told = Object.entries(fields).map(([column, [live, other]]) => `${column} ${short(live)} → ${short(other)}`);
  return `${key}: ${told.join('; ')}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
