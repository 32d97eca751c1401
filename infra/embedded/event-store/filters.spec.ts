import { createFilter } from './filters.js';
import { encodeRecorded } from './recorded-event.js';

const empty = Buffer.alloc(0);
const record = encodeRecorded(
  { id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', type: 'Moved', contentType: 'x', metadata: empty, data: empty },
  { stream: 'customer-1', revision: 0, position: 16, created: '0' },
);
const accepts = (on: 'stream' | 'type', regex: string, prefixes: string[] = []) =>
  createFilter({ on, regex, prefixes, checkpointInterval: 1 }).accepts(record);

describe('filter', () => {
  it('matches event types by regular expression', () => {
    expect(accepts('type', '^Mo')).toBe(true);
    expect(accepts('type', '^o')).toBe(false);
  });

  it('matches event types by prefixes', () => {
    expect(accepts('type', '', ['Lost', 'Mov'])).toBe(true);
    expect(accepts('type', '', ['Lost'])).toBe(false);
  });

  it('matches stream names by regular expression', () => {
    expect(accepts('stream', '-1$')).toBe(true);
    expect(accepts('stream', '-2$')).toBe(false);
  });

  it('matches stream names by prefixes', () => {
    expect(accepts('stream', '', ['customer-'])).toBe(true);
    expect(accepts('stream', '', ['order-'])).toBe(false);
  });

  it('refuses what is not a regular expression', () => {
    expect(() => accepts('type', '(')).toThrow('not a regular expression');
  });
});
