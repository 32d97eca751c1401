import { refuseUnlessMeant, startServers } from './servers.js';

describe('servers that the environment names', () => {
  const before = { ...process.env };

  afterEach(() => {
    process.env = { ...before };
  });

  it('are left alone unless it is said that specs may destroy what is on them', async () => {
    process.env.KAFKA_BROKERS = '127.0.0.1:1';
    delete process.env.RAPPORT_TEST_REAL_SERVERS;
    await expect(startServers({ only: ['kafka'] })).rejects.toThrow('RAPPORT_TEST_REAL_SERVERS=1');
  });

  it('are used when that is said', () => {
    expect(() => refuseUnlessMeant({ RAPPORT_TEST_REAL_SERVERS: '1' })).not.toThrow();
    expect(() => refuseUnlessMeant({ RAPPORT_TEST_REAL_SERVERS: 'yes' })).toThrow('delete every topic');
  });
});
