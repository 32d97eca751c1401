import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { convertToCommandError } from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { StreamsConnection } from './connection.js';
import { FRAME_HEADER, Slabs } from './frames.js';
import { allFrom, requestOf } from './reads.js';

const { Options } = streamsPb.ReadReq;
const PATH = '/event_store.client.streams.Streams/Read';
/** So much may be under way: the server goes on sending while a slab is worked on. */
const WINDOW = 8 * 1024 * 1024;

/**
 * Reads `$all` to where it ends now, as slabs of whole gRPC frames.
 * @param from the position of the first event; undefined from the beginning.
 *
 * Without TLS the frames are taken from HTTP/2 as they come: what grpc-js does with each message costs four times as
 * much as everything else about it. With TLS, where certificates and credentials count, it is left to grpc-js.
 */
export async function* historySlabs(connection: StreamsConnection, from?: bigint): AsyncGenerator<Buffer> {
  const slabs = new Slabs();
  const target = await connection.plainTarget();
  if (target === undefined) {
    for await (const message of overGrpc(connection, historyRequest(from))) yield* slabs.takeMessage(message);
  } else {
    for await (const piece of overHttp2(target, historyRequest(from))) yield* slabs.take(piece);
  }
  yield slabs.rest();
}

async function* overGrpc(connection: StreamsConnection, request: streamsPb.ReadReq): AsyncGenerator<Buffer> {
  const call = await connection.readBytes(request);
  try {
    for await (const message of call) yield message as Buffer;
  } finally {
    // Whoever leaves early wants no more; the server would go on until nothing more fits into the connection.
    call.cancel();
  }
}

async function* overHttp2(target: string, request: streamsPb.ReadReq): AsyncGenerator<Buffer> {
  const session = connect(`http://${target}`, { settings: { initialWindowSize: WINDOW } });
  // Told by whatever waits for the session; without a listener it would end the process.
  let broken: Error | undefined;
  session.on('error', (error: Error) => {
    broken = error;
  });
  session.once('connect', () => session.setLocalWindowSize(2 * WINDOW));
  try {
    const call = begin(session, request);
    const ended = endOf(call);
    // It is heard below; one that comes earlier must not count as unheard.
    ended.catch(() => {});
    for await (const piece of call) yield piece as Buffer;
    await ended;
  } catch (error) {
    throw broken ?? error;
  } finally {
    session.destroy();
  }
}

function begin(session: ClientHttp2Session, request: streamsPb.ReadReq): ClientHttp2Stream {
  const call = session.request({
    ':method': 'POST',
    ':path': PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const message = Buffer.from(request.serializeBinary());
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUInt32BE(message.length, 1);
  call.end(Buffer.concat([header, message]));
  return call;
}

/** gRPC tells in the trailers how a call went, or in the headers when it has nothing else to say. */
function endOf(call: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const tell = (headers: IncomingHttpHeaders) => {
      const code = headers['grpc-status'];
      if (code === undefined) return;
      if (code === '0') resolve();
      else reject(errorOf(Number(code), decodeURIComponent(String(headers['grpc-message'] ?? ''))));
    };
    call.on('response', tell).on('trailers', tell).on('error', reject);
    call.on('close', () => reject(errorOf(status.UNAVAILABLE, 'The event store ended the call.')));
  });
}

function errorOf(code: number, details: string): Error {
  const error = Object.assign(new Error(details), { code, details, metadata: new Metadata() }) as ServiceError;
  return convertToCommandError(error);
}

function historyRequest(from: bigint | undefined): streamsPb.ReadReq {
  const options = new Options();
  options.setAll(allFrom(from));
  options.setCount(String(Number.MAX_SAFE_INTEGER));
  options.setNoFilter(new sharedPb.Empty());
  return requestOf(options);
}
