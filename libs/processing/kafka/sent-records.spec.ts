import { createRequire } from 'node:module';
import { encodeProduceRequests, type ProduceArguments } from './lean-produce.js';
import { SentRecords } from './sent-records.js';

const produce = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce') as {
  protocol(of: { version: number }): (given: ProduceArguments) => unknown;
};

/** Makes the request that kafkajs would. */
function request(topic: string, partition: number, firstSequence: number, records: number, transactionalId = 'mine') {
  const messages = Array.from({ length: records }, () => ({ value: '' }));
  const topicData = [{ topic, partitions: [{ partition, firstSequence, messages }] }];
  const given = { acks: -1, timeout: 1, compression: 0, producerId: 1, producerEpoch: 0, transactionalId, topicData };
  produce.protocol({ version: 7 })(given);
}

const answer = (partition: number, baseOffset = '10') => ({ topicName: 't', partition, errorCode: 0, baseOffset });
const meant = (records: number) => [{ topic: 't', messages: Array.from({ length: records }, () => ({ value: '' })) }];

describe('the records of a send', () => {
  let sent: SentRecords;

  beforeAll(() => encodeProduceRequests());

  beforeEach(() => {
    sent = new SentRecords('mine');
    sent.begin();
  });

  afterEach(() => sent.close());

  it('are each in one request that was answered', () => {
    request('t', 0, 0, 3);
    request('t', 1, 0, 2);
    request('t', 1, 5, 9, 'of another producer');
    expect(sent.verify(meant(5), [answer(0), answer(1, '20')])).toEqual([
      { topic: 't', partition: 0, end: 13n },
      { topic: 't', partition: 1, end: 22n },
    ]);
  });

  it('stand where the broker says: one that does not say it has not taken them', () => {
    request('t', 0, 0, 3);
    expect(() => sent.verify(meant(3), [answer(0, '-1')])).toThrow(
      'The broker does not say where the records of t-0 stand.',
    );
  });

  it('count once when the same request was made again: the broker knows them by their numbers', () => {
    request('t', 0, 4, 3);
    request('t', 0, 4, 3);
    expect(() => sent.verify(meant(3), [answer(0)])).not.toThrow();
  });

  it('went out twice when kafkajs repeated a request that was still under way', () => {
    request('t', 0, 0, 3);
    request('t', 0, 3, 3);
    expect(() => sent.verify(meant(3), [answer(0)])).toThrow('The records of t-0 were sent more than once.');
  });

  it('are lost when their partition moved to a broker that had answered', () => {
    request('t', 0, 0, 3);
    request('t', 1, 0, 2);
    expect(() => sent.verify(meant(5), [answer(0)])).toThrow('No broker has answered for the records of t-1.');
  });

  it('are lost when no request was made for them, and those of the send before do not count', () => {
    request('t', 0, 0, 3);
    sent.begin();
    request('t', 0, 3, 2);
    expect(() => sent.verify(meant(5), [answer(0)])).toThrow('2 records were sent instead of 5.');
  });
});
