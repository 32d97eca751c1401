import { Code, Count, Flag, ListOf, Optional, Text, Texts } from '#contracts/fields.js';
import { atField } from './mapping-error.js';
import { OneCharacter } from './mapping-fields.js';

export const READER_FORMATS = ['delimited', 'whitespace', 'fixed'] as const;

/** A column of a fixed-column text. */
export class ColumnPosition {
  /** What the mapping calls it. */
  @Text(200) name!: string;
  /** The place of its first character in the line, from 1. */
  @Count(1) start!: number;
  /** How many characters it has. */
  @Count(1) length!: number;
}

/** How the file becomes rows of named columns. Plain or gzip is told by the file's first bytes. */
export class ReaderMapping {
  /** `delimited`: by a character, with quotes. `whitespace`: by runs of blanks. `fixed`: at fixed places. */
  @Code(READER_FORMATS) format!: (typeof READER_FORMATS)[number];
  /** Whether a header line comes before the first row. It names the columns unless `columns` or `positions` do. Default: false. */
  @Optional() @Flag() header?: boolean;
  /** The names of the columns in their order. Needed without a header; not for `fixed`. */
  @Optional() @Texts(200, 1000) columns?: string[];
  /** The places of the columns, for `fixed` alone. */
  @Optional() @ListOf(() => ColumnPosition) positions?: ColumnPosition[];
  /** What separates the columns, for `delimited`. One ASCII character. Default: `,`. */
  @Optional() @OneCharacter() delimiter?: string;
  /** What encloses a field that holds separators, quotes or line ends, for `delimited`. `""` for none. Default: `"`. */
  @Optional() @OneCharacter({ orNone: true }) quote?: string;
  /** How many lines before the header, or before the first row, are passed over. Default: 0. */
  @Optional() @Count() skipLines?: number;
  /** Whether blanks around each value are taken off. Default: true. */
  @Optional() @Flag() trim?: boolean;
}

/** @throws InvalidFields when fields do not go together. */
export function checkReader({ format, header, columns, positions, delimiter, quote }: ReaderMapping): void {
  if (format === 'fixed') {
    if (!positions) throw atField('reader.positions', 'required', 'a fixed format needs the places of its columns');
    if (columns) throw atField('reader.columns', 'unused', 'a fixed format names its columns in reader.positions');
  } else {
    if (positions) throw atField('reader.positions', 'unused', 'only a fixed format has places of columns');
    if (!columns && !header) {
      throw atField('reader.columns', 'required', 'name the columns, or set reader.header where a header line does');
    }
  }
  if (format !== 'delimited' && delimiter !== undefined) {
    throw atField('reader.delimiter', 'unused', 'only a delimited format has a delimiter');
  }
  if (format !== 'delimited' && quote !== undefined) {
    throw atField('reader.quote', 'unused', 'only a delimited format has quotes');
  }
  if (format === 'delimited' && (delimiter ?? ',') === (quote ?? '"')) {
    throw atField('reader.quote', 'distinct', 'must be another character than the delimiter');
  }
  const names = columns ?? positions?.map(({ name }) => name) ?? [];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw atField(columns ? 'reader.columns' : 'reader.positions', 'unique', `"${twice}" stands there twice`);
  }
}
