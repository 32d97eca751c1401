import { randomUUID } from 'node:crypto';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import type { ChildServer } from '../child-server.js';
import { serveAppend } from './append-call.js';
import { BatchAppendCall } from './batch-append-call.js';
import { type BatchAppendChunk, decodeBatchAppend } from './batch-append-request.js';
import { Outlet } from './outlet.js';
import { pipelined } from './pipelined-call.js';
import { serveRead } from './read-call.js';
import { expectedOf, streamNameOf } from './requests.js';
import { cancelledByShutdown, toServiceError } from './status.js';
import { Store } from './store.js';

const HOST = '127.0.0.1';
const LARGEST_MESSAGE = 17 * 1024 * 1024;
/** The version whose behaviour this server follows. */
const VERSION = '24.6.0';

/** What a client that asks for it is told that this server can do. */
function supportedMethods(): featuresPb.SupportedMethods {
  const methods = new featuresPb.SupportedMethods();
  methods.setEventStoreServerVersion(VERSION);
  methods.setMethodsList(
    ['read', 'append', 'batchappend', 'delete', 'tombstone'].map((name) => {
      const method = new featuresPb.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      return method;
    }),
  );
  return methods;
}

function clusterOfOne(port: number, instanceId: string): gossipPb.ClusterInfo {
  const endPoint = new gossipPb.EndPoint();
  endPoint.setAddress(HOST);
  endPoint.setPort(port);
  const id = new sharedPb.UUID();
  id.setString(instanceId);
  const member = new gossipPb.MemberInfo();
  member.setInstanceId(id);
  member.setTimeStamp(`${Date.now()}0000`);
  member.setState(gossipPb.MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setHttpEndPoint(endPoint);
  const cluster = new gossipPb.ClusterInfo();
  cluster.setMembersList([member]);
  return cluster;
}

/** Answers a call with one response, or with the status that its error stands for. */
function answering<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  const handler: handleUnaryCall<Request, Response> = (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error) => callback(toServiceError(error)),
      );
  };
  return handler;
}

class EventStoreServer implements ChildServer {
  port = 0;
  private readonly grpc = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': LARGEST_MESSAGE,
    interceptors: [pipelined],
  });
  private readonly open = new Set<{ fail(error: Error): void }>();
  private readonly instanceId = randomUUID();

  constructor(private readonly store: Store) {
    this.grpc.addService(featuresService.ServerFeaturesService, {
      getSupportedMethods: answering(() => supportedMethods()),
    });
    this.grpc.addService(gossipService.GossipService, {
      read: answering(() => clusterOfOne(this.port, this.instanceId)),
    });
    // The answers of the two hot calls arrive here already encoded.
    const encoded = { responseSerialize: (message: Buffer) => message };
    const read = { ...streamsService.StreamsService.read, ...encoded };
    const batchAppend = {
      ...streamsService.StreamsService.batchAppend,
      requestDeserialize: decodeBatchAppend,
      ...encoded,
    };
    this.grpc.addService(
      { ...streamsService.StreamsService, read, batchAppend },
      {
        read: this.read,
        append: this.append,
        batchAppend: this.batchAppend,
        delete: answering((request: streamsPb.DeleteReq) => this.delete(request)),
        tombstone: answering((request: streamsPb.TombstoneReq) => this.tombstone(request)),
      },
    );
  }

  async listen(port: number): Promise<void> {
    this.port = await new Promise<number>((resolve, reject) => {
      this.grpc.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error
          ? reject(new Error(`The event store cannot listen on ${HOST}:${port}: ${error.message}`))
          : resolve(bound),
      );
    });
  }

  async close(): Promise<void> {
    // Answers to what is already being written go out before the streams end.
    await this.store.stopWriting();
    await new Promise((resolve) => setImmediate(resolve));
    for (const outlet of this.open) outlet.fail(cancelledByShutdown());
    const stopped = new Promise<void>((resolve) => this.grpc.tryShutdown(() => resolve()));
    const grace = setTimeout(() => this.grpc.forceShutdown(), 500);
    await stopped;
    clearTimeout(grace);
    await this.store.close();
  }

  private track<T>(outlet: Outlet<T>): Outlet<T> {
    this.open.add(outlet);
    outlet.signal.addEventListener('abort', () => this.open.delete(outlet));
    return outlet;
  }

  private readonly read: handleServerStreamingCall<streamsPb.ReadReq, Buffer> = (call) => {
    const outlet = this.track(new Outlet<Buffer>(call));
    serveRead(this.store, call.request.getOptions(), outlet).catch((error) => outlet.fail(toServiceError(error)));
  };

  private readonly append: handleClientStreamingCall<streamsPb.AppendReq, streamsPb.AppendResp> = (call, callback) => {
    serveAppend(this.store, call).then(
      (response) => callback(null, response),
      (error) => callback(toServiceError(error)),
    );
  };

  private readonly batchAppend: handleBidiStreamingCall<BatchAppendChunk, Buffer> = (call) => {
    new BatchAppendCall(this.store, call, this.track(new Outlet<Buffer>(call)));
  };

  private async delete(request: streamsPb.DeleteReq): Promise<streamsPb.DeleteResp> {
    const position = new streamsPb.DeleteResp.Position();
    const written = String(await this.remove('delete', request.getOptions()));
    position.setCommitPosition(written);
    position.setPreparePosition(written);
    const response = new streamsPb.DeleteResp();
    response.setPosition(position);
    return response;
  }

  private async tombstone(request: streamsPb.TombstoneReq): Promise<streamsPb.TombstoneResp> {
    const position = new streamsPb.TombstoneResp.Position();
    const written = String(await this.remove('tombstone', request.getOptions()));
    position.setCommitPosition(written);
    position.setPreparePosition(written);
    const response = new streamsPb.TombstoneResp();
    response.setPosition(position);
    return response;
  }

  private async remove(
    kind: 'delete' | 'tombstone',
    options: streamsPb.DeleteReq.Options | streamsPb.TombstoneReq.Options = new streamsPb.DeleteReq.Options(),
  ): Promise<number> {
    const stream = streamNameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.getRevision());
    const { position } = await this.store.write({ kind, stream, expected, events: [] });
    return position!;
  }
}

/**
 * Starts an event store on a data folder and a port of 127.0.0.1 (0: any free one).
 * @throws when the folder is in use by another process, when it is damaged, or when the port is taken.
 */
export async function startEventStore({ data, port }: { data: string; port: number }): Promise<ChildServer> {
  const store = await Store.open(data);
  const server = new EventStoreServer(store);
  try {
    await server.listen(port);
  } catch (error) {
    await store.close();
    throw error;
  }
  return server;
}
