import { DELETED_REVISION } from './recorded-event.js';

export interface StreamMetadata {
  maxCount?: number;
  maxAgeSeconds?: number;
  truncateBefore?: number;
}

/** The metadata that a soft delete writes. */
export const SOFT_DELETED_METADATA = Buffer.from('{"$tb":9223372036854775807}');

function parseObject(json: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function wholeFrom(least: number, value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : undefined;
}

/** Reads the limits from a `$metadata` event's data. Values that make no sense count as absent. */
export function parseMetadata(json: Buffer): StreamMetadata {
  const raw = parseObject(json);
  return {
    maxCount: wholeFrom(1, raw.$maxCount),
    maxAgeSeconds: wholeFrom(1, raw.$maxAge),
    truncateBefore: wholeFrom(0, raw.$tb),
  };
}

export function isSoftDeleted(metadata: StreamMetadata): boolean {
  return (metadata.truncateBefore ?? 0) >= DELETED_REVISION;
}

/** The same metadata with another `$tb`: what writing to a soft-deleted stream leaves behind. */
export function withTruncateBefore(json: Buffer, revision: number): Buffer {
  return Buffer.from(JSON.stringify({ ...parseObject(json), $tb: revision }));
}

/** The first revision that a read may show. */
export function lowerBound(metadata: StreamMetadata, last: number): number {
  const byCount = metadata.maxCount === undefined ? 0 : last - metadata.maxCount + 1;
  return Math.max(0, metadata.truncateBefore ?? 0, byCount);
}
