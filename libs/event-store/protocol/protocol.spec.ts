import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { newId } from '#contracts/ids.js';
import { decodeAppendAnswer, encodeAppend } from './batch-append.js';
import { decodeReadAnswer } from './read-answer.js';

const { ReadResp, BatchAppendReq, BatchAppendResp } = streamsPb;
/** Beyond what a double can tell apart. */
const FAR = 9_007_199_254_740_993n;

function uuid(text: string): sharedPb.UUID {
  const id = new sharedPb.UUID();
  id.setString(text);
  return id;
}

function streamNamed(name: string): sharedPb.StreamIdentifier {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  return identifier;
}

function recorded(id: string): streamsPb.ReadResp.ReadEvent.RecordedEvent {
  const event = new ReadResp.ReadEvent.RecordedEvent();
  event.setId(uuid(id));
  event.setStreamIdentifier(streamNamed('customer-Hòa'));
  event.setStreamRevision('7');
  event.setPreparePosition('5');
  event.setCommitPosition(String(FAR));
  event.getMetadataMap().set('created', '17000000000000000').set('content-type', 'application/json').set('type', 'T');
  event.setCustomMetadata(Buffer.from('{"a":1}'));
  event.setData(Buffer.from('{"b":"Hòa"}'));
  return event;
}

describe('the decoder of what is read', () => {
  it('finds in an event what the generated code finds', () => {
    const id = newId();
    const resolved = new ReadResp.ReadEvent();
    resolved.setEvent(recorded(id));
    resolved.setLink(recorded(newId()));
    resolved.setCommitPosition('9');
    const answer = new ReadResp();
    answer.setEvent(resolved);
    expect(decodeReadAnswer(Buffer.from(answer.serializeBinary()))).toEqual({
      kind: 'event',
      event: {
        eventId: id,
        streamId: 'customer-Hòa',
        revision: 7,
        position: FAR,
        type: 'T',
        contentType: 'application/json',
        created: '17000000000000000',
        metadata: Buffer.from('{"a":1}'),
        data: Buffer.from('{"b":"Hòa"}'),
      },
    });
  });

  it('passes over a link whose event is gone', () => {
    const resolved = new ReadResp.ReadEvent();
    resolved.setLink(recorded(newId()));
    const answer = new ReadResp();
    answer.setEvent(resolved);
    expect(decodeReadAnswer(Buffer.from(answer.serializeBinary()))).toEqual({ kind: 'other' });
  });

  it('tells checkpoints, missing streams and the end of what is stored apart', () => {
    const position = new ReadResp.Checkpoint();
    position.setCommitPosition(String(FAR));
    const checkpoint = new ReadResp();
    checkpoint.setCheckpoint(position);
    const missing = new ReadResp();
    missing.setStreamNotFound(new ReadResp.StreamNotFound());
    const caughtUp = new ReadResp();
    caughtUp.setCaughtUp(new ReadResp.CaughtUp());
    const confirmation = new ReadResp();
    confirmation.setConfirmation(new ReadResp.SubscriptionConfirmation());
    const answers = [checkpoint, missing, caughtUp, confirmation];
    expect(answers.map((answer) => decodeReadAnswer(Buffer.from(answer.serializeBinary())))).toEqual([
      { kind: 'checkpoint', position: FAR },
      { kind: 'streamNotFound' },
      { kind: 'caughtUp' },
      { kind: 'other' },
    ]);
  });
});

describe('the encoder of appends', () => {
  const event = { id: newId(), type: 'T', data: '{"name":"Hòa"}', metadata: '{"a":1}' };

  it('says what the generated code reads', () => {
    const deadline = new Date('2026-01-31T08:15:00.250Z');
    const request = { number: 258, streamId: 'customer-Hòa', expected: 3, deadline, events: [event, event] };
    const { correlationId, options, proposedMessagesList, isFinal } = BatchAppendReq.deserializeBinary(
      encodeAppend(request),
    ).toObject();
    expect(correlationId?.string).toBe('00000000-0000-4000-8000-000000000102');
    expect(isFinal).toBe(true);
    expect(options).toMatchObject({
      streamIdentifier: { streamName: Buffer.from('customer-Hòa').toString('base64') },
      streamPosition: '3',
      deadline: { seconds: deadline.getTime() / 1_000 - 0.25, nanos: 250_000_000 },
    });
    expect(proposedMessagesList).toHaveLength(2);
    expect(proposedMessagesList[0]).toMatchObject({
      id: { string: event.id },
      metadataMap: [
        ['content-type', 'application/json'],
        ['type', 'T'],
      ],
      customMetadata: Buffer.from('{"a":1}').toString('base64'),
      data: Buffer.from('{"name":"Hòa"}').toString('base64'),
    });
  });

  it('says of a new stream that it must not exist', () => {
    const request = { number: 1, streamId: 's', expected: undefined, deadline: new Date(), events: [] };
    const options = BatchAppendReq.deserializeBinary(encodeAppend(request)).getOptions()!;
    expect([options.hasNoStream(), options.hasStreamPosition()]).toEqual([true, false]);
  });
});

describe('the decoder of answers to appends', () => {
  function answerTo(correlationId: sharedPb.UUID): streamsPb.BatchAppendResp {
    const answer = new BatchAppendResp();
    answer.setCorrelationId(correlationId);
    return answer;
  }

  it('finds the append by its number, in both forms of a UUID, and where it ended', () => {
    const position = new sharedPb.AllStreamPosition();
    position.setCommitPosition(String(FAR));
    const success = new BatchAppendResp.Success();
    success.setCurrentRevision('4');
    success.setPosition(position);
    const structured = new sharedPb.UUID.Structured();
    structured.setMostSignificantBits('16384');
    structured.setLeastSignificantBits(String(BigInt.asIntN(64, 0x8000_0000_0000_0102n)));
    const inNumbers = new sharedPb.UUID();
    inNumbers.setStructured(structured);
    for (const id of [uuid('00000000-0000-4000-8000-000000000102'), inNumbers]) {
      const answer = answerTo(id);
      answer.setSuccess(success);
      expect(decodeAppendAnswer(answer.serializeBinary())).toEqual({
        number: 258,
        revision: 4,
        position: FAR,
        refusal: undefined,
      });
    }
  });
});
