import { Refused } from './errors.js';
import { recordAt, visibleStream } from './reads.js';
import { decodeRecorded } from './recorded-event.js';
import type { View } from './view.js';

const LINK = /^(\d{1,15})@(.+)$/s;

export interface Resolved {
  event: Buffer | undefined;
  link: Buffer | undefined;
}

/**
 * Follows a link event (`$>`, data `N@stream`). A target that is gone leaves the link alone; an event that is no link,
 * or one that cannot be parsed, comes back as it is.
 */
export function resolveLink(view: View, record: Buffer): Resolved {
  const { type, data } = decodeRecorded(record);
  const target = type === '$>' ? LINK.exec(data.toString()) : null;
  if (!target) return { event: record, link: undefined };
  // Reading the target uses the buffer that the link stands in.
  const link = Buffer.from(record);
  return { event: readTarget(view, target[2]!, Number(target[1])), link };
}

function readTarget(view: View, stream: string, revision: number): Buffer | undefined {
  try {
    const visible = visibleStream(view, stream);
    if (!visible || revision < visible.first || revision > visible.last) return undefined;
    return recordAt(view, visible, revision);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
