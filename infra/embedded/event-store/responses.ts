import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Message } from 'google-protobuf';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Written } from './append.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from './append-rules.js';
import type { Refusal, Refused } from './errors.js';

function bytesOf(message: Message): Buffer {
  return Buffer.from(message.serializeBinary());
}

export function streamIdentifier(stream: string): sharedPb.StreamIdentifier {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  return identifier;
}

export function confirmationResponse(id: string): Buffer {
  const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const response = new streamsPb.ReadResp();
  response.setConfirmation(confirmation);
  return bytesOf(response);
}

export function checkpointResponse(position: number): Buffer {
  const checkpoint = new streamsPb.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new streamsPb.ReadResp();
  response.setCheckpoint(checkpoint);
  return bytesOf(response);
}

export function caughtUpResponse(): Buffer {
  const response = new streamsPb.ReadResp();
  response.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
  return bytesOf(response);
}

export function streamNotFoundResponse(stream: string): Buffer {
  const notFound = new streamsPb.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(stream));
  const response = new streamsPb.ReadResp();
  response.setStreamNotFound(notFound);
  return bytesOf(response);
}

/** The answer of plain Append to a wrong version: a response, not a status. */
export function appendWrongVersion({ expected, current }: { expected: number; current: number }): streamsPb.AppendResp {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(String(current));
  if (expected === ANY) wrong.setExpectedAny(new sharedPb.Empty());
  else if (expected === NO_STREAM) wrong.setExpectedNoStream(new sharedPb.Empty());
  else if (expected === STREAM_EXISTS) wrong.setExpectedStreamExists(new sharedPb.Empty());
  else wrong.setExpectedRevision(String(expected));
  const response = new streamsPb.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
}

export function appendSuccess({ revision, position }: Written): streamsPb.AppendResp {
  const success = new streamsPb.AppendResp.Success();
  if (revision < 0) success.setNoStream(new sharedPb.Empty());
  else success.setCurrentRevision(String(revision));
  if (position === undefined) success.setNoPosition(new sharedPb.Empty());
  else {
    const at = new streamsPb.AppendResp.Position();
    at.setCommitPosition(String(position));
    at.setPreparePosition(String(position));
    success.setPosition(at);
  }
  const response = new streamsPb.AppendResp();
  response.setSuccess(success);
  return response;
}

function wrongVersionDetails({ expected, current }: { expected: number; current: number }) {
  const wrong = new sharedPb.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new emptyPb.Empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === ANY) wrong.setExpectedAny(new emptyPb.Empty());
  else if (expected === NO_STREAM) wrong.setExpectedNoStream(new emptyPb.Empty());
  else if (expected === STREAM_EXISTS) wrong.setExpectedStreamExists(new emptyPb.Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  return wrong;
}

/** `google.rpc.Code` and details of each refusal, as BatchAppend reports them. */
function detailsOf(refusal: Refusal, message: string): [code: number, name: string, details: Message] {
  switch (refusal.kind) {
    case 'wrong-expected-version':
      return [6, 'WrongExpectedVersion', wrongVersionDetails(refusal)];
    case 'stream-deleted': {
      const deleted = new sharedPb.StreamDeleted();
      deleted.setStreamIdentifier(streamIdentifier(refusal.stream));
      return [5, 'StreamDeleted', deleted];
    }
    case 'access-denied':
      return [7, 'AccessDenied', new sharedPb.AccessDenied()];
    case 'timeout':
      return [4, 'Timeout', new sharedPb.Timeout()];
    case 'maximum-append-size-exceeded': {
      const exceeded = new sharedPb.MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(refusal.maximum);
      return [3, 'MaximumAppendSizeExceeded', exceeded];
    }
    default: {
      const bad = new sharedPb.BadRequest();
      bad.setMessage(message);
      return [3, 'BadRequest', bad];
    }
  }
}

function rpcStatus(code: number, message: string, name: string, details: Message): Uint8Array {
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  const status = new statusPb.Status();
  // The generated type only knows the code enumeration of another file; the numbers are the same.
  status.setCode(code as Parameters<typeof status.setCode>[0]);
  status.setMessage(message);
  status.setDetails(any);
  return status.serializeBinary();
}

/** The encoded `google.rpc.Status` that tells a client why its append was refused. */
export function batchRefusal({ refusal, message }: Refused): Uint8Array {
  return rpcStatus(...withMessage(detailsOf(refusal, message), message));
}

function withMessage(
  [code, name, details]: [number, string, Message],
  message: string,
): [number, string, string, Message] {
  return [code, message, name, details];
}

/** A failure of the store itself. The client dereferences the details, so they are never absent. */
export function batchFailure(message: string): Uint8Array {
  return rpcStatus(13, message, 'Unknown', new sharedPb.Unknown());
}
