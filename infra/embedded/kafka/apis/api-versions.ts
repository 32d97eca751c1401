import { ErrorCode } from '../errors.js';
import { Writer } from '../wire.js';
import type { Api } from './api.js';

const KEY = 18;
const MAX = 2;

type Range = Pick<Api, 'key' | 'min' | 'max'>;

/** ApiVersions over a handler table, itself included. */
export function apiVersionsFor(handlers: readonly Range[]): Api {
  const ranges = [...handlers, { key: KEY, min: 0, max: MAX }].sort((a, b) => a.key - b.key);
  return {
    key: KEY,
    name: 'ApiVersions',
    min: 0,
    max: MAX,
    handle: (_request, { version }) => {
      const known = version <= MAX;
      // A newer client reads the ranges from a v0 body and asks again (KIP-511).
      const answer = new Writer().int16(known ? ErrorCode.NONE : ErrorCode.UNSUPPORTED_VERSION);
      answer.array(ranges, ({ key, min, max }) => answer.int16(key).int16(min).int16(max));
      return known && version >= 1 ? answer.int32(0) : answer;
    },
  };
}
