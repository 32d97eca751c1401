import { UnavailableError, WrongExpectedVersionError } from '@eventstore/db-client';
import { isServerAway } from './server-away.js';

const coded = (code: string) => Object.assign(new Error('it failed'), { code });

describe('a server', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EHOSTUNREACH',
    '08006',
    '57P01',
    '57P03',
    '53300',
  ])('is away when an error has the code %s', (code) => {
    expect(isServerAway(coded(code))).toBe(true);
  });

  it('is away when every one of its addresses refused', () => {
    expect(isServerAway(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe(true);
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'is away when pg says: %s',
    (message) => {
      expect(isServerAway(new Error(message))).toBe(true);
    },
  );

  it('is away when the event store says so, and there when it refuses', () => {
    const error = (type: { prototype: Error }, name: string) =>
      Object.assign(Object.create(type.prototype), { type: name }) as Error;
    expect(isServerAway(error(UnavailableError, 'unavailable'))).toBe(true);
    expect(isServerAway(error(WrongExpectedVersionError, 'wrong-expected-version'))).toBe(false);
  });

  it('is away when gRPC itself says so, before the event store’s client could put it into its own words', () => {
    const grpc = (code: number) => Object.assign(new Error('14 UNAVAILABLE'), { code, details: '', metadata: {} });
    expect([1, 4, 14].map((code) => isServerAway(grpc(code)))).toEqual([true, true, true]);
    expect([3, 6, 13, 16].map((code) => isServerAway(grpc(code)))).toEqual([false, false, false, false]);
  });

  it.each([
    [coded('23505')],
    [coded('22P02')],
    [coded('ENOENT')],
    [new Error('boom')],
    ['ECONNREFUSED'],
    [undefined],
    [null],
  ])('is not away for any other failure (%#)', (error) => {
    expect(isServerAway(error)).toBe(false);
  });
});
