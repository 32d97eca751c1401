import { BrokerConfigs, checkTopicConfigs } from './configs.js';

describe('configurations', () => {
  it('of a topic come from the topic, else from the broker, else from Kafka’s defaults', () => {
    const entries = new BrokerConfigs({ 'log.retention.ms': '5' }).topicEntries({ 'cleanup.policy': 'compact' });
    const entry = (name: string) => entries.find((each) => each.name === name);
    expect(entry('cleanup.policy')).toMatchObject({ value: 'compact', source: 1 });
    expect(entry('retention.ms')).toMatchObject({ value: '5', source: 4 });
    expect(entry('segment.bytes')).toMatchObject({ value: '1073741824', source: 5 });
  });

  it('are refused when unknown or out of range (INVALID_CONFIG, 40)', () => {
    const wrong = [{ nonsense: '1' }, { 'retention.ms': 'long' }, { 'retention.ms': '-2' }, { 'cleanup.policy': 'x' }];
    for (const configs of [...wrong, { __proto__x: '1' }, JSON.parse('{"__proto__":"1"}'), { constructor: '1' }])
      expect(() => checkTopicConfigs(configs)).toThrow(expect.objectContaining({ code: 40 }));
    expect(() => new BrokerConfigs({ 'num.partitions': '0' })).toThrow('num.partitions=0');
  });
});
