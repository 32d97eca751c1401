/** The stream that a name belongs to: a stream and its metastream `$$name` share one head. */
export interface StreamName {
  /** The whole name, as the client gave it. */
  full: string;
  /** The name without the metastream's `$$`. */
  base: string;
  isMetastream: boolean;
}

export function parseStreamName(full: string): StreamName {
  const isMetastream = full.startsWith('$$');
  return { full, base: isMetastream ? full.slice(2) : full, isMetastream };
}

/** The number under which a stream's or a metastream's revisions are indexed. */
export function partOf(streamNumber: number, isMetastream: boolean): number {
  return streamNumber * 2 + (isMetastream ? 1 : 0);
}

/** What the hash of an event's id is made of: ids are told apart by stream. */
export function idKey(part: number, id: string): string {
  return `${part}/${id}`;
}
