import { readFileSync } from 'node:fs';
import { corpus, describeWithCorpora } from '#apps/api/testing/corpora.js';
import { isEmailAddress } from './email.js';

/** Categories of the corpus; of a diagnosis, ISEMAIL_RFC5321_… is what RFC 5321 allows and few use. */
const ACCEPTED = ['ISEMAIL_VALID_CATEGORY', 'ISEMAIL_RFC5321', 'ISEMAIL_DNSWARN'];
const REFUSED = ['ISEMAIL_ERR', 'ISEMAIL_RFC5322', 'ISEMAIL_CFWS', 'ISEMAIL_DEPREC'];

interface Test {
  id: string;
  address: string;
  category: string;
  diagnosis: string;
}

describeWithCorpora()('an address of the isemail corpus', () => {
  let tests: Test[];

  beforeAll(() => {
    tests = JSON.parse(readFileSync(corpus('isemail_tests.json'), 'utf8')) as Test[];
  });

  it('is in a category that is decided on', () => {
    expect(tests).toHaveLength(443);
    const categories = new Set(tests.map(({ category }) => category));
    expect([...categories].sort()).toEqual([...ACCEPTED, ...REFUSED].sort());
  });
  it('is accepted exactly when RFC 5321 allows it: then mail can be sent to it', () => {
    const allowed = ({ category, diagnosis }: Test) =>
      // One address stands among the deprecated ones for an IPv6 literal that others have in the accepted category.
      ACCEPTED.includes(category) || diagnosis === 'ISEMAIL_RFC5321_IPV6DEPRECATED';
    const wrong = tests.filter((test) => isEmailAddress(test.address) !== allowed(test));
    expect(wrong).toEqual([]);
    expect(tests.filter(allowed).length).toBe(147);
  });
});

describe('isEmailAddress', () => {
  it.each(['hoa@thư.vn', 'nguyễn@example.org', '用户@例子.广告', 'x@y'])(
    'accepts letters of any script: %s',
    (address) => {
      expect(isEmailAddress(address)).toBe(true);
    },
  );
  it.each([
    '',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b c',
    'a@b\n',
    'a@💌',
    'a@[IPv6:]',
    'a@[1.2.3]',
    'a@[IPv6:::1%eth0]',
    'a@-b.c',
  ])('refuses %j', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });
  it('counts lengths in bytes of UTF-8, as mail servers do', () => {
    expect(isEmailAddress(`${'é'.repeat(32)}@example.org`)).toBe(true);
    expect(isEmailAddress(`${'é'.repeat(33)}@example.org`)).toBe(false);
  });
});
