import type { Recorded } from '#contracts/envelope.js';

/**
 * An event as a message of a stream of server-sent events: its id is the position, after which `Last-Event-ID` goes on.
 * The JSON has no line break, so one `data:` holds it.
 */
export function toMessage(event: Recorded): string {
  const { type, data, eventId, streamId, revision, position, recordedAt, metadata } = event;
  const { commandHash: _, ...told } = metadata;
  const body = { type, data, eventId, streamId, revision, position: position.toString(), recordedAt, metadata: told };
  return `id: ${position}\nevent: ${type}\ndata: ${JSON.stringify(body)}\n\n`;
}

/** Says that the connection lives, and up to where everything was looked at: whoever comes back goes on there. */
export function toHeartbeat(position: bigint | undefined): string {
  return position === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${position}\n\n`;
}
