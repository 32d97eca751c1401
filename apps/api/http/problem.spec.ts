import { HttpException, NotFoundException } from '@nestjs/common';
import { ConcurrencyConflict, DifferentContent, IdempotencyKeyReused, RevisionMismatch } from '#commands/errors.js';
import { InvalidFields } from '#contracts/validation.js';
import { RuleViolation } from '#domain/decider.js';
import { OtherVersionLive } from '#processing/builds/live-version.js';
import { Lagging } from '#processing/checkpoint-watch.js';
import { OtherHistory } from '#processing/other-history.js';
import { CustomerParked, PositionBeyondEnd } from '#read-models/view-reader.js';
import { MalformedBody } from './json-body.js';
import { toProblem } from './problem.js';

const refused = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.7:5432`), { code });

describe('an error', () => {
  it.each<[Error, number, string]>([
    [new MalformedBody('No JSON.'), 400, 'malformed-body'],
    [InvalidFields.one('name', 'text', 'must be text'), 400, 'invalid-fields'],
    [new PositionBeyondEnd(9n, 3n), 400, 'position-beyond-end'],
    [new RuleViolation('not-found', 'customer-exists', 'There is none.'), 404, 'customer-exists'],
    [new RuleViolation('conflict', 'complaint-open', 'It is resolved.'), 409, 'complaint-open'],
    [new RuleViolation('invalid', 'totals', 'They differ.', 'total'), 422, 'totals'],
    [new RevisionMismatch(1, 2), 412, 'revision-mismatch'],
    [new IdempotencyKeyReused(), 422, 'idempotency-key-reused'],
    [new DifferentContent('customer-1'), 409, 'different-content'],
    [new ConcurrencyConflict('customer-1', 10), 409, 'concurrency-conflict'],
    [new Lagging(['customer_360'], 7n), 503, 'lagging'],
    [new CustomerParked('customer_360', '7', 'a-customer'), 409, 'customer-parked'],
    [new OtherVersionLive({ name: 'customer_360', version: 2 }, 1), 503, 'other-version-live'],
    [new OtherHistory('Of another store.'), 503, 'other-store'],
    [refused('ECONNREFUSED'), 503, 'server-away'],
    [refused('53300'), 503, 'server-away'],
    [refused('53100'), 503, 'server-unable'],
    [refused('40P01'), 503, 'server-unable'],
    [new AggregateError([refused('ECONNREFUSED')], ''), 503, 'server-away'],
    [new NotFoundException('There is no customer x.'), 404, 'http-404'],
    [Object.assign(new Error('Too large'), { statusCode: 413 }), 413, 'http-413'],
    [new HttpException('Slow down', 429), 429, 'http-429'],
  ])('%s is answered with %i %s', (error, status, slug) => {
    expect(toProblem(error)).toMatchObject({
      type: `urn:rapport:problem:${slug}`,
      status,
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w/),
    });
  });

  it('of a form names every field, of a rule the rule and its field', () => {
    expect(toProblem(InvalidFields.one('lines.0.total', 'amount', 'must be an amount'))).toMatchObject({
      detail: 'lines.0.total must be an amount',
      errors: [{ field: 'lines.0.total', rule: 'amount', message: 'lines.0.total must be an amount' }],
    });
    expect(toProblem(new RuleViolation('invalid', 'totals', 'They differ.', 'total'))).toMatchObject({
      rule: 'totals',
      field: 'total',
    });
  });

  it('of a server that is away tells nothing of where that is', () => {
    expect(JSON.stringify(toProblem(refused('ECONNREFUSED')))).not.toContain('10.0.0.7');
  });

  it.each([[new Error('boom')], [new TypeError('x is undefined')], [undefined], [null], ['text'], [{}]])(
    'that nobody foresaw (%s) has no document: it is a bug',
    (error) => {
      expect(toProblem(error)).toBeUndefined();
    },
  );
});
