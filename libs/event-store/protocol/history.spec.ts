import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { newId } from '#contracts/ids.js';
import { answerOf, framed, type ToldEvent } from '#testing/history-frames.js';
import { holds } from '#testing/property.js';
import { HistoryBatch } from '../history-batch.js';
import { FRAME_HEADER, Slabs } from './frames.js';
import { decodeReadAnswer } from './read-answer.js';
import { decodeFramedEvent, type Range } from './read-frame.js';

const { ReadResp } = streamsPb;

const EVENT = { eventId: newId(), streamId: 'customer-Hòa', created: '17000000000000000' };

const told: fc.Arbitrary<ToldEvent> = fc.record({
  eventId: fc.uuid(),
  streamId: fc.string({ unit: 'binary' }),
  created: fc.nat().map(String),
  type: fc.string({ minLength: 1, unit: 'binary' }),
  data: fc.json(),
  metadata: fc.json(),
  revision: fc.nat(),
  position: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

describe('the decoder of a history', () => {
  it('finds in any event what the decoder of reads finds', () => {
    holds(
      fc.property(told, fc.nat({ max: 9 }), (event, before) => {
        const message = answerOf(event);
        const slab = Buffer.concat([Buffer.alloc(before, 255), message]);
        const { metadata, data, isJson, eventId, streamId, created, ...rest } = decodeFramedEvent(
          slab,
          before,
          slab.length,
        )!;
        const text = ([from, to]: Range) => slab.toString('utf8', from, to);
        const expected = decodeReadAnswer(message);
        expect({
          kind: 'event',
          event: {
            ...rest,
            eventId: text(eventId),
            streamId: text(streamId),
            created: text(created),
            contentType: isJson ? 'application/json' : '',
            metadata: slab.subarray(...metadata),
            data: slab.subarray(...data),
          },
        }).toEqual(expected);
      }),
    );
  });

  it('passes over what is no event', () => {
    const caughtUp = new ReadResp();
    caughtUp.setCaughtUp(new ReadResp.CaughtUp());
    const message = Buffer.from(caughtUp.serializeBinary());
    expect(decodeFramedEvent(message, 0, message.length)).toBeUndefined();
  });

  it('leaves system events out, and gives back the frame that an event came in', () => {
    const metadata = JSON.stringify({
      reason: '$correlationId',
      schemaVersion: 1,
      commandHash: { $personal: '', person: '' },
      $correlationId: 'a',
      $causationId: 'b',
    });
    const frames = ['$metadata', 'Second', 'Third'].map((type, revision) =>
      framed(answerOf({ ...EVENT, type, data: '{"b":"Hòa"}', metadata, revision, position: revision })),
    );
    const batch = new HistoryBatch(Buffer.concat(frames));
    expect(batch.events.map(({ type }) => type)).toEqual(['Second', 'Third']);
    expect(batch.frame(1)).toEqual(frames[2]);
    expect(batch.events[0]).toMatchObject({
      data: { b: 'Hòa' },
      recordedAt: '2023-11-14T22:13:20.000Z',
      metadata: { reason: '$correlationId', commandHash: '', correlationId: 'a', causationId: 'b' },
    });
  });

  it('says so of an event that Rapport did not write', () => {
    const bytes = framed(
      answerOf({ ...EVENT, type: 'Foreign', data: 'no JSON', metadata: '{}', revision: 3, position: 1 }),
    );
    expect(() => new HistoryBatch(bytes).events).toThrow('Event 3 of stream customer-Hòa (Foreign)');
  });

  it('says so of an event in a version that only a newer Rapport knows', () => {
    const metadata = JSON.stringify({ schemaVersion: 2 });
    const bytes = framed(answerOf({ ...EVENT, type: 'Newer', data: '{}', metadata, revision: 0, position: 1 }));
    expect(() => new HistoryBatch(bytes).events).toThrow('Newer has version 2');
  });
});

describe('the slabs of a history', () => {
  it('hold every frame whole and in order, however the bytes arrive', () => {
    const sizes = fc.array(fc.oneof(fc.nat({ max: 50 }), fc.constantFrom(0, 300_000, 700_000, 1_500_000)), {
      maxLength: 8,
    });
    holds(
      fc.property(sizes, fc.integer({ min: 100, max: 2_000_000 }), (lengths, step) => {
        const all = Buffer.concat(lengths.map((length, index) => framed(Buffer.alloc(length, index))));
        const slabs = new Slabs();
        const taken: Buffer[] = [];
        for (let at = 0; at < all.length; at += step) taken.push(...slabs.take(all.subarray(at, at + step)));
        taken.push(slabs.rest());
        for (const slab of taken) {
          let at = 0;
          while (at < slab.length) at += FRAME_HEADER + slab.readUInt32BE(at + 1);
          expect(at).toBe(slab.length);
        }
        expect(Buffer.concat(taken).equals(all)).toBe(true);
      }),
    );
  });

  it('refuse an end in the middle of a frame', () => {
    const slabs = new Slabs();
    expect([...slabs.take(framed(Buffer.alloc(10)).subarray(0, 12))]).toEqual([]);
    expect(() => slabs.rest()).toThrow('cut off');
  });
});
