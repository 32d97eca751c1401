import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DryRunTarget } from '../dry-run-target.js';
import { FakeTarget, importText } from '../import.fixtures.js';
import { parseMapping } from '../mapping/mapping-file.js';

const EXAMPLE = join(import.meta.dirname, '../../../../docs/examples/imports/identities.json');

const mapping = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...(JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Record<string, unknown>),
  ...changes,
});

const HEADER =
  'rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id';
const ROW = 'rec-1-org, kayla, harrington, 7, maltby circuit, coaling, coolaroo, 3465, nsw, 19150612, 9004242';
const SPARSE = 'rec-2-org, , waller, , tullaroop street, , , 4011, , , 6988048';

const file = (...rows: string[]) => [HEADER, ...rows].join('\n');

describe('A file of customers', () => {
  it('acquires each row with its profile', async () => {
    const { target, summary } = await importText(file(ROW), mapping());
    expect(target.calls.map(({ type, data }) => [type, data])).toEqual([
      [
        'acquire',
        {
          partyKind: 'person',
          roles: ['endConsumer'],
          channel: 'other',
          externalIdentity: { system: 'febrl', id: 'rec-1-org' },
        },
      ],
      [
        'profile',
        {
          person: { givenName: 'kayla', familyName: 'harrington', birthDate: '1915-06-12' },
          address: {
            country: 'AU',
            region: 'nsw',
            city: 'coolaroo',
            postalCode: '3465',
            lines: ['7 maltby circuit', 'coaling'],
          },
        },
      ],
    ]);
    expect(target.calls.map(({ meta }) => meta.occurredAt)).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
    expect(summary).toMatchObject({ rows: 1, customers: 1, purchases: 0, appended: 1, unchanged: 0, rejected: 0 });
  });

  it('leaves out what a row does not say', async () => {
    const { target } = await importText(file(SPARSE), mapping());
    expect(target.ofType('profile').map(({ data }) => data)).toEqual([
      {
        person: { familyName: 'waller' },
        address: { country: 'AU', postalCode: '4011', lines: ['tullaroop street'] },
      },
    ]);
  });

  it('appends nothing the second time', async () => {
    const target = new FakeTarget();
    await importText(file(ROW, SPARSE), mapping(), { target });
    const { summary } = await importText(file(ROW, SPARSE), mapping(), { target });
    expect(summary).toMatchObject({ rows: 2, customers: 2, appended: 0, unchanged: 2, rejected: 0 });
  });

  it('sends the profile of a record under the same id each time, so that a later correction stays', async () => {
    const first = await importText(file(ROW), mapping());
    const second = await importText(file(ROW), mapping());
    const [one, other] = [first, second].map(({ target }) => target.ofType('profile')[0]!.meta.commandId);
    expect(one).toBe(other);
  });

  it('leaves out a birth date that is none where the mapping says so, else rejects the row', async () => {
    const row = ROW.replace('19150612', '19150631');
    const lenient = await importText(file(row), mapping());
    expect(lenient.target.ofType('profile')[0]!.data).toMatchObject({ person: { givenName: 'kayla' } });
    const strict = mapping();
    (strict.profile as { person: { birthDate: object } }).person.birthDate = {
      column: 'date_of_birth',
      format: 'yyyyMMdd',
    };
    const { target, rejects, summary } = await importText(file(row, SPARSE), strict);
    expect(summary).toMatchObject({ rows: 2, appended: 1, rejected: 1 });
    expect(rejects.rows).toEqual([
      expect.objectContaining({ line: 2, reason: expect.stringContaining('profile.person.birthDate') }),
    ]);
    expect(target.ofType('acquire')).toHaveLength(1);
  });

  it('takes the date of each row where the mapping names its column', async () => {
    const dated = mapping({ acquiredAt: undefined, date: { column: 'date_of_birth', format: 'yyyyMMdd' } });
    const { target, rejects } = await importText(file(ROW, SPARSE), dated);
    expect(target.ofType('acquire').map(({ meta }) => meta.occurredAt)).toEqual(['1915-06-12T00:00:00Z']);
    expect(rejects.rows).toHaveLength(1);
  });

  it('rejects a row whose field breaks a rule of the event', async () => {
    const { rejects, target } = await importText(file(ROW.replace('harrington', 'h'.repeat(201))), mapping());
    expect(rejects.rows[0]!.reason).toContain('familyName');
    expect(target.calls).toEqual([]);
  });

  it('needs one origin of the date', () => {
    expect(() => parseMapping(mapping({ acquiredAt: undefined }))).toThrow('acquiredAt');
    expect(() => parseMapping(mapping({ date: { column: 'date_of_birth' } }))).toThrow('acquiredAt');
  });
});

describe('A dry run of customers', () => {
  const acquired = { partyKind: 'organisation', roles: ['retailer'], channel: 'web' } as const;
  const meta = { occurredAt: '2026-01-01T00:00:00Z', source: 'febrl', file: 'x.csv', line: 1, commandId: '1' };

  it('refuses a profile that does not fit the kind of party, as the import does', async () => {
    const target = new DryRunTarget('2026-06-15');
    const update = target.updateProfile(
      '1',
      { ...acquired, roles: ['retailer'] },
      { person: { givenName: 'A' } },
      meta,
    );
    await expect(update).rejects.toThrow('person');
  });
});
