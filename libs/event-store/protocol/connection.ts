import type { EventStoreDBClient } from '@eventstore/db-client';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import {
  type CallOptions,
  type Channel,
  type ClientDuplexStream,
  type ClientReadableStream,
  type Metadata,
  makeGenericClientConstructor,
} from '@grpc/grpc-js';
import { type AppendAnswer, decodeAppendAnswer } from './batch-append.js';
import { decodeReadAnswer, type ReadAnswer } from './read-answer.js';

export type ReadCall = ClientReadableStream<ReadAnswer>;
export type AppendCall = ClientDuplexStream<Uint8Array, AppendAnswer>;

/** The service as the client knows it, but for the encoding of the calls that every event takes. */
const read = { ...streamsService.StreamsService.read, responseDeserialize: decodeReadAnswer };
const batchAppend = {
  ...streamsService.StreamsService.batchAppend,
  requestSerialize: (message: Buffer) => message,
  responseDeserialize: decodeAppendAnswer,
};

const readBytes = { ...streamsService.StreamsService.read, responseDeserialize: (bytes: Buffer) => bytes };

interface LeanStreams {
  readBytes(request: streamsPb.ReadReq, metadata: Metadata, options: CallOptions): ClientReadableStream<Buffer>;
  read(request: streamsPb.ReadReq, metadata: Metadata, options: CallOptions): ReadCall;
  batchAppend(metadata: Metadata, options: CallOptions): AppendCall;
  getChannel(): Channel;
}
const LeanStreams = makeGenericClientConstructor(
  { read, readBytes, batchAppend },
  'Streams',
) as unknown as new () => LeanStreams;

/** What the official client keeps for its own calls: connection, discovery, TLS, credentials and reconnection. */
interface ClientInternals {
  GRPCStreamCreator<Call>(
    service: typeof LeanStreams,
    name: string,
    create: (service: LeanStreams) => Call,
    cache?: WeakMap<LeanStreams, Call>,
  ): () => Promise<Call>;
  callArguments(options: object, callOptions: CallOptions): [Metadata, CallOptions];
  supports(method: object): Promise<boolean>;
  createDeadline(): Date;
  resolveUri(): Promise<string>;
}

/** Calls over the official client's own connection, so that whatever its connection string says holds for them too. */
export class StreamsConnection {
  private readonly internals: ClientInternals;
  private readonly appends = new WeakMap<LeanStreams, AppendCall>();

  /** @param isPlain whether the connection string asks for no TLS. */
  constructor(
    client: EventStoreDBClient,
    private readonly isPlain: boolean,
  ) {
    this.internals = client as unknown as ClientInternals;
  }

  read(request: streamsPb.ReadReq): Promise<ReadCall> {
    return this.internals.GRPCStreamCreator(LeanStreams, 'read', (service) =>
      service.read(request, ...this.unending()),
    )();
  }

  /** The same, with every answer as it came. */
  readBytes(request: streamsPb.ReadReq): Promise<ClientReadableStream<Buffer>> {
    return this.internals.GRPCStreamCreator(LeanStreams, 'readBytes', (service) =>
      service.readBytes(request, ...this.unending()),
    )();
  }

  /** `host:port` of the node that the client would talk to; undefined with TLS. */
  async plainTarget(): Promise<string | undefined> {
    return this.isPlain ? this.internals.resolveUri() : undefined;
  }

  /** The one open call that all appends of this connection share; `opened` is told of each new one. */
  append(opened: (call: AppendCall) => void): Promise<AppendCall> {
    const create = (service: LeanStreams) => {
      const call = service.batchAppend(...this.unending());
      opened(call);
      return call;
    };
    return this.internals.GRPCStreamCreator(LeanStreams, 'batchAppend', create, this.appends)();
  }

  /** Servers before version 21.10 know no batch appends. */
  supportsBatchAppend(): Promise<boolean> {
    return this.internals.supports(streamsService.StreamsService.batchAppend);
  }

  /** When an append that begins now has taken too long. */
  deadline(): Date {
    return this.internals.createDeadline();
  }

  private unending(): [Metadata, CallOptions] {
    return this.internals.callArguments({}, { deadline: Number.POSITIVE_INFINITY });
  }
}
