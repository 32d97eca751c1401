import type { CustomerEvent } from '#contracts/events.js';
import { type Given, given, SPEC_TIME } from '#testing/decider-spec.js';
import { acquiredPerson, identifiedProspect, idOf } from '#testing/known-customers.js';
import type { CustomerCommand } from './commands.js';
import { customer } from './customer.decider.js';

const promiseId = idOf('promise');
const promise = { promiseId, what: 'We call back', dueAt: '2026-06-16T10:00:00Z' };
const made: Given<CustomerEvent> = { type: 'PromiseMade', data: promise };
const kept = (outcome: 'asPromised' | 'moreThanPromised'): Given<CustomerEvent> => ({
  type: 'PromiseKept',
  data: { promiseId, outcome },
});
const broken: Given<CustomerEvent> = { type: 'PromiseBroken', data: { promiseId } };

describe('MakePromise', () => {
  it('makes a promise to a customer, or to a prospect', () => {
    given(customer, [acquiredPerson])
      .when({ type: 'MakePromise', ...promise })
      .then([made]);
    given(customer, [identifiedProspect])
      .when({ type: 'MakePromise', ...promise })
      .then([made]);
  });
  it('makes one that is never due', () => {
    given(customer, [acquiredPerson])
      .when({ type: 'MakePromise', promiseId, what: 'A friendly word' })
      .then([{ type: 'PromiseMade', data: { promiseId, what: 'A friendly word' } }]);
  });
  it.each([[[made]], [[made, broken]]])('is refused under an id that is taken', (events) => {
    given(customer, [acquiredPerson, ...events])
      .when({ type: 'MakePromise', ...promise })
      .thenRefused('promise-made-once', { kind: 'conflict', field: 'promiseId' });
  });
  it('is refused when it would be due before it is made', () => {
    given(customer, [acquiredPerson])
      .when({ type: 'MakePromise', ...promise, dueAt: SPEC_TIME })
      .thenRefused('promise-due-later', { kind: 'invalid', field: 'dueAt' });
  });
});

describe('KeepPromise', () => {
  it.each(['asPromised', 'moreThanPromised'] as const)('keeps a promise %s, in time or late', (outcome) => {
    given(customer, [acquiredPerson, made])
      .when({ type: 'KeepPromise', promiseId, outcome })
      .then([kept(outcome)]);
    given(customer, [acquiredPerson, made])
      .when({ type: 'KeepPromise', promiseId, outcome }, { occurredAt: '2026-08-01T00:00:00Z' })
      .then([kept(outcome)]);
  });
});

describe('BreakPromise', () => {
  it('breaks a promise', () => {
    given(customer, [acquiredPerson, made]).when({ type: 'BreakPromise', promiseId }).then([broken]);
  });
});

describe.each<CustomerCommand>([
  { type: 'KeepPromise', promiseId, outcome: 'asPromised' },
  { type: 'BreakPromise', promiseId },
])('$type', (command) => {
  it('is refused for a promise that was never made', () => {
    given(customer, [acquiredPerson])
      .when(command)
      .thenRefused('promise-not-found', { kind: 'not-found', field: 'promiseId' });
  });
  it('is refused before the promise was made', () => {
    given(customer, [acquiredPerson, made])
      .when(command, { occurredAt: '2026-06-15T09:59:59Z' })
      .thenRefused('promise-dates-in-order', { kind: 'invalid', field: 'occurredAt' });
  });
  it.each([kept('asPromised'), broken])('is refused after $type', (answered) => {
    given(customer, [acquiredPerson, made, answered])
      .when(command)
      .thenRefused('promise-answered-once', { kind: 'conflict', field: 'promiseId' });
  });
});
