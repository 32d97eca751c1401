import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { Collected } from './collected.js';
import { invalidArgument, Refused } from './errors.js';
import { expectedOf, proposedEvent, streamNameOf } from './requests.js';
import { appendSuccess, appendWrongVersion } from './responses.js';
import type { Store } from './store.js';

/** Serves one plain Append: options first, then one message an event. */
export async function serveAppend(
  store: Store,
  call: ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>,
): Promise<streamsPb.AppendResp> {
  const collected = new Collected();
  let options: streamsPb.AppendReq.Options | undefined;
  for await (const message of call as AsyncIterable<streamsPb.AppendReq>) {
    options = message.getOptions() ?? options;
    const proposed = message.getProposedMessage();
    if (proposed) collected.add(proposedEvent(proposed));
  }
  if (!options) throw invalidArgument('The options are missing.');
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.getRevision());
  try {
    return appendSuccess(await store.write({ kind: 'append', stream, expected, events: collected.events }));
  } catch (error) {
    if (error instanceof Refused && error.refusal.kind === 'wrong-expected-version')
      return appendWrongVersion(error.refusal);
    throw error;
  }
}
