import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from './append-rules.js';
import { decodeBatchAppend } from './batch-append-request.js';
import { batchError, batchSuccess } from './batch-append-response.js';

const ID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

function textId(): sharedPb.UUID {
  const id = new sharedPb.UUID();
  id.setString(ID);
  return id;
}

function numericId(): sharedPb.UUID {
  const structured = new sharedPb.UUID.Structured();
  structured.setMostSignificantBits(BigInt.asIntN(64, 0xf47ac10b58cc4372n).toString());
  structured.setLeastSignificantBits(BigInt.asIntN(64, 0xa5670e02b2c3d479n).toString());
  const id = new sharedPb.UUID();
  id.setStructured(structured);
  return id;
}

function request(change: (options: streamsPb.BatchAppendReq.Options) => void, id = textId()): Buffer {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from('straße-1'));
  const options = new streamsPb.BatchAppendReq.Options();
  options.setStreamIdentifier(identifier);
  change(options);
  const message = new streamsPb.BatchAppendReq.ProposedMessage();
  message.setId(id);
  message.getMetadataMap().set('type', 'Ereignis-ä').set('other', 'x').set('content-type', 'application/json');
  message.setCustomMetadata(Buffer.from('{"m":1}'));
  message.setData(Buffer.alloc(300, 'x'));
  const chunk = new streamsPb.BatchAppendReq();
  chunk.setCorrelationId(textId());
  chunk.setOptions(options);
  chunk.setProposedMessagesList([message, message]);
  chunk.setIsFinal(true);
  return Buffer.from(chunk.serializeBinary());
}

describe('a BatchAppend request', () => {
  it('is decoded by hand just as google-protobuf wrote it', () => {
    const deadline = timestampPb.Timestamp.fromDate(new Date(1_700_000_000_123));
    const chunk = decodeBatchAppend(request((options) => options.setDeadline(deadline)));
    expect(sharedPb.UUID.deserializeBinary(chunk.correlationId!).getString()).toBe(ID);
    expect(chunk.final).toBe(true);
    expect(chunk.options).toMatchObject({ stream: 'straße-1', deadline: 1_700_000_000_123 });
    const message = { id: ID, type: 'Ereignis-ä', contentType: 'application/json' };
    expect(chunk.messages).toMatchObject([message, message]);
    expect(chunk.messages[1]!.metadata.toString()).toBe('{"m":1}');
    expect(chunk.messages[1]!.data).toEqual(Buffer.alloc(300, 'x'));
  });

  it.each<[number, (options: streamsPb.BatchAppendReq.Options) => void]>([
    [ANY, (options) => options.setAny(new emptyPb.Empty())],
    [NO_STREAM, (options) => options.setNoStream(new emptyPb.Empty())],
    [STREAM_EXISTS, (options) => options.setStreamExists(new emptyPb.Empty())],
    [0, (options) => options.setStreamPosition('0')],
    [2 ** 40, (options) => options.setStreamPosition(String(2 ** 40))],
  ])('names the expected revision %d', (expected, change) => {
    expect(decodeBatchAppend(request(change)).options?.expected).toBe(expected);
  });

  it('may give an id as two numbers', () => {
    expect(decodeBatchAppend(request(() => {}, numericId())).messages[0]!.id).toBe(ID);
  });

  it('may hold fields that are not known, and none at all', () => {
    const unknown = Buffer.from('580159000000000000000062026869', 'hex');
    const chunk = decodeBatchAppend(Buffer.concat([unknown, request(() => {})]));
    expect(chunk.messages).toHaveLength(2);
    expect(decodeBatchAppend(Buffer.alloc(0))).toMatchObject({ options: undefined, messages: [], final: false });
  });

  it('is refused when it is cut off', () => {
    const whole = request(() => {});
    for (const length of [1, 10, 100, whole.length - 3])
      expect(() => decodeBatchAppend(whole.subarray(0, length))).toThrow('The message ends within');
  });
});

describe('a BatchAppend response', () => {
  const { correlationId, options } = decodeBatchAppend(request(() => {}));
  const addressee = { correlationId, identifier: options?.identifier };
  const decoded = (bytes: Buffer) => streamsPb.BatchAppendResp.deserializeBinary(bytes);

  it('is encoded by hand just as google-protobuf reads it', () => {
    const response = decoded(batchSuccess(addressee, { revision: 0, position: 2 ** 40 }));
    expect(response.getCorrelationId()?.getString()).toBe(ID);
    expect(Buffer.from(response.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe('straße-1');
    expect(response.getSuccess()?.hasCurrentRevision()).toBe(true);
    expect(response.getSuccess()?.getCurrentRevision()).toBe('0');
    const position = response.getSuccess()?.getPosition();
    expect([position?.getCommitPosition(), position?.getPreparePosition()]).toEqual(['1099511627776', '1099511627776']);
  });

  it('tells that there is neither a revision nor a position', () => {
    const success = decoded(batchSuccess(addressee, { revision: -1 })).getSuccess();
    expect([success?.hasNoStream(), success?.hasNoPosition()]).toEqual([true, true]);
  });

  it('carries a status', () => {
    const status = decoded(batchError({ ...addressee, identifier: undefined }, Buffer.from('0806', 'hex')));
    expect(status.getError()?.getCode()).toBe(6);
    expect(status.hasStreamIdentifier()).toBe(false);
  });
});
