import { PublishedStates } from './published-states.js';

const at = (position: bigint, builds: string, through = position) => ({ position, through, builds });

describe('states that were published', () => {
  it('are followed by any where nothing was told before', () => {
    expect(new PublishedStates(undefined).mayFollow('360', at(1n, 'a'))).toBe(true);
  });

  it('of another publisher are followed by those that tell all that it may have told', () => {
    const published = new PublishedStates(20n);
    expect(published.mayFollow('360', at(19n, 'a', 40n))).toBe(false);
    expect(published.mayFollow('360', { position: undefined, builds: 'a' })).toBe(false);
    expect(published.mayFollow('360', at(20n, 'a', 40n))).toBe(true);
  });

  it('are followed by later ones of the same tables, however far the furthest of those had come', () => {
    const published = new PublishedStates(20n);
    expect(published.followedBy('360', at(25n, 'a', 40n))).toBe(40n);
    expect(published.mayFollow('360', at(26n, 'a', 41n))).toBe(true);
  });

  it('are followed by those of other tables when these are past everything that was told', () => {
    const published = new PublishedStates(20n);
    published.followedBy('360', at(25n, 'a', 40n));
    expect(published.mayFollow('360', at(39n, 'b', 39n))).toBe(false);
    expect(published.mayFollow('360', at(40n, 'b', 41n))).toBe(true);
    expect(published.followedBy('360', at(40n, 'b', 40n))).toBe(40n);
  });

  it('of one topic do not keep another one waiting, and what is stored is beyond all of them', () => {
    const published = new PublishedStates(20n);
    published.followedBy('360', at(25n, 'a', 40n));
    expect(published.mayFollow('loyalty', at(19n, 'a'))).toBe(false);
    expect(published.mayFollow('loyalty', at(39n, 'a'))).toBe(true);
    expect(published.followedBy('loyalty', at(30n, 'a', 35n))).toBe(40n);
    expect(published.mayFollow('loyalty', at(34n, 'b'))).toBe(false);
    expect(published.mayFollow('loyalty', at(35n, 'b'))).toBe(true);
  });
});
