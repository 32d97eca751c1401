import {
  convertToCommandError,
  type EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  UnavailableError,
} from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { type AppendAnswer, type EncodedEvent, encodeAppend } from './batch-append.js';
import type { AppendCall, StreamsConnection } from './connection.js';

/** Where an append ended: the stream's revision and the position in the whole store of its last event. */
export interface Appended {
  revision: number;
  position: bigint;
}

interface Waiting {
  streamId: string;
  resolve(appended: Appended): void;
  reject(error: Error): void;
}

/** What is larger goes in chunks, as servers refuse large messages: that is left to the official client. */
const LARGEST_MESSAGE = 3 * 1024 * 1024;

/**
 * Appends over one open call for all of them. The official client does the same with generated code, at three times the
 * cost. Nobody is slowed down here: who appends waits for the answer.
 */
export class Appends {
  private readonly waiting = new WeakMap<AppendCall, Map<number, Waiting>>();
  private last = 0;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly connection: StreamsConnection,
  ) {}

  /**
   * @param expected the stream's revision; undefined when it must not exist.
   * @throws what the official client throws.
   */
  async append(streamId: string, expected: number | undefined, events: EncodedEvent[]): Promise<Appended> {
    const number = ++this.last;
    const deadline = this.connection.deadline();
    const message = encodeAppend({ number, streamId, expected, deadline, events });
    if (message.length > LARGEST_MESSAGE || !(await this.connection.supportsBatchAppend())) {
      return this.appendByClient(streamId, expected, events);
    }
    const call = await this.connection.append((opened) => this.listen(opened));
    return new Promise((resolve, reject) => {
      const waiting = this.waiting.get(call);
      if (!waiting) throw new UnavailableError(undefined, 'The connection to the event store was lost.');
      waiting.set(number, { streamId, resolve, reject });
      call.write(message);
    });
  }

  private async appendByClient(
    streamId: string,
    expected: number | undefined,
    events: EncodedEvent[],
  ): Promise<Appended> {
    const expectedRevision = expected === undefined ? NO_STREAM : BigInt(expected);
    const parsed = events.map(({ id, type, data, metadata }) =>
      jsonEvent({ id, type, data: JSON.parse(data), metadata: JSON.parse(metadata) }),
    );
    const { nextExpectedRevision, position } = await this.client.appendToStream(streamId, parsed, { expectedRevision });
    return { revision: Number(nextExpectedRevision), position: position!.commit };
  }

  private listen(call: AppendCall): void {
    const waiting = new Map<number, Waiting>();
    this.waiting.set(call, waiting);
    const lost = (error: Error) => {
      this.waiting.delete(call);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    call
      .on('data', (answer: AppendAnswer) => {
        const { streamId, resolve, reject } = waiting.get(answer.number)!;
        waiting.delete(answer.number);
        if (answer.refusal) reject(refusalOf(answer.refusal, streamId));
        else resolve(answer);
      })
      .on('error', (error) => lost(convertToCommandError(error)))
      .on('end', () => lost(new UnavailableError(undefined, 'The event store ended the call for appends.')));
  }
}

function refusalOf(bytes: Uint8Array, streamId: string): Error {
  return unpackToCommandError(streamsPb.BatchAppendResp.deserializeBinary(bytes).getError()!, streamId);
}
