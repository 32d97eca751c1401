import { derivedId } from '#contracts/ids.js';
import { given } from '#testing/projection-spec.js';
import type { Happening } from '#testing/recorded.js';
import { customer360 } from './customer-360.projection.js';

const id = (n: number) => derivedId('wants', String(n));
const need = (n: number): Happening => {
  return { type: 'NeedRecorded', data: { needId: id(n), statement: `Need ${n}`, expressed: 'unstated' } };
};
const promise = (n: number): Happening => ({ type: 'PromiseMade', data: { promiseId: id(n), what: `Promise ${n}` } });
const madeAt = '2026-06-15T10:00:00.000Z';

describe('what a customer wants', () => {
  it('is every need that was neither met nor withdrawn', () => {
    given(customer360, [
      need(1),
      need(2),
      need(3),
      { type: 'NeedMet', data: { needId: id(1) } },
      { type: 'NeedWithdrawn', data: { needId: id(3) } },
    ]).thenRow({ needs: [{ needId: id(2), statement: 'Need 2', expressed: 'unstated', since: madeAt }] });
  });

  it('is every promise that is open, with how many were kept, exceeded and broken', () => {
    given(customer360, [
      ...[1, 2, 3, 4].map(promise),
      { type: 'PromiseKept', data: { promiseId: id(1), outcome: 'asPromised' } },
      { type: 'PromiseKept', data: { promiseId: id(2), outcome: 'moreThanPromised' } },
      { type: 'PromiseBroken', data: { promiseId: id(3) } },
    ]).thenRow({
      promises: { open: [{ promiseId: id(4), what: 'Promise 4', madeAt }], kept: 1, exceeded: 1, broken: 1 },
    });
  });

  it('stays bounded: of many the last ones are kept', () => {
    const many = Array.from({ length: 60 }, (_, n) => need(n));
    given(customer360, many).thenRow({
      needs: Array.from({ length: 50 }, (_, n) => expect.objectContaining({ needId: id(n + 10) })),
    });
  });
});
