import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalId } from '#contracts/ids.js';
import { DryRunTarget } from '../dry-run-target.js';
import { FakeTarget, importText } from '../import.fixtures.js';
import type { ComplaintCase } from '../import-target.js';
import { parseMapping } from '../mapping/mapping-file.js';

const EXAMPLE = join(import.meta.dirname, '../../../../docs/examples/imports/cfpb.json');
const HEADER =
  'Date received,Product,Sub-product,Issue,Sub-issue,Company,Submitted via,Date sent to company,Company response to consumer,Timely response?,Consumer disputed?';

interface Fields {
  received: string;
  sent: string;
  response: string;
  timely: string;
  disputed: string;
  via: string;
}

function row(change: Partial<Fields> = {}): string {
  const { received, sent, response, timely, disputed, via }: Fields = {
    received: '7/29/2013',
    sent: '7/30/2013',
    response: 'Closed with explanation',
    timely: 'Yes',
    disputed: 'No',
    via: 'Phone',
    ...change,
  };
  return `${received},Mortgage,,"Loan, servicing",,ACME,${via},${sent},${response},${timely},${disputed}`;
}

const mapping = (changes: { customer?: object; complaint?: object } = {}): Record<string, unknown> => {
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { customer: object; complaint: object };
  return {
    ...example,
    customer: { ...example.customer, ...changes.customer },
    complaint: { ...example.complaint, ...changes.complaint },
  };
};

const importRows = (rows: string[], by = mapping(), target = new FakeTarget()) =>
  importText([HEADER, ...rows].join('\n'), by, { target });

const RECEIVED = '2013-07-29T00:00:00Z';
const SENT = '2013-07-30T00:00:00Z';

async function movesOf(change: Partial<Fields>): Promise<string[]> {
  const { target } = await importRows([row(change)]);
  const { moves } = target.ofType('complaint')[0]!.data as ComplaintCase;
  return moves.map(({ type }) => type);
}

describe('A file of complaints', () => {
  it('makes of each row a case, of a customer known by the line number alone', async () => {
    const { target, summary } = await importRows([row()]);
    const customerId = externalId('customer', { system: 'cfpb', id: '2' });
    expect(target.calls.map(({ type, id }) => [type, id])).toEqual([
      ['acquire', customerId],
      ['complaint', externalId('complaint', { system: 'cfpb', id: '2' })],
    ]);
    expect(target.calls[0]!.data).toEqual({
      partyKind: 'person',
      roles: ['serviceUser'],
      channel: 'other',
      externalIdentity: { system: 'cfpb', id: '2' },
    });
    expect(target.calls[1]).toMatchObject({ meta: { occurredAt: RECEIVED, line: 2, source: 'cfpb' } });
    expect(target.calls[1]!.data).toEqual({
      raised: {
        customerId,
        severity: 'medium',
        channel: 'phone',
        product: { category: 'Mortgage' },
        issue: 'Loan, servicing',
      },
      moves: [
        { type: 'AssignComplaint', agentId: 'ACME', occurredAt: SENT },
        { type: 'ResolveComplaint', outcome: 'explanation', occurredAt: SENT },
        { type: 'TellResolution', channel: 'web', occurredAt: SENT },
        { type: 'CloseComplaint', occurredAt: SENT },
      ],
    });
    expect(summary).toMatchObject({ rows: 1, customers: 1, complaints: 1, appended: 1, rejected: 0 });
  });

  it.each<[string, Partial<Fields>, string[]]>([
    ['disputed', { disputed: 'Yes' }, ['AssignComplaint', 'ResolveComplaint', 'TellResolution', 'DisputeResolution']],
    ['in progress', { response: 'In progress', disputed: '' }, ['AssignComplaint']],
    [
      'without an answer in time',
      { response: 'Untimely response', timely: 'No', disputed: '' },
      ['AssignComplaint', 'StateSlaBreach'],
    ],
    [
      'answered too late',
      { timely: 'No' },
      ['AssignComplaint', 'StateSlaBreach', 'ResolveComplaint', 'TellResolution', 'CloseComplaint'],
    ],
  ])('makes of one that is %s what it says', async (_, change, moves) => {
    expect(await movesOf(change)).toEqual(moves);
  });

  it('is recorded once, however often it is imported', async () => {
    const rows = [row(), row({ disputed: 'Yes' })];
    const { target } = await importRows(rows);
    const again = await importRows(rows, mapping(), target);
    expect(again.summary).toMatchObject({ appended: 0, unchanged: 2, complaints: 2 });
  });

  it('rejects a row whose complaint was sent on before it was received, and acquires nobody for it', async () => {
    const { target, rejects, summary } = await importRows([row({ sent: '7/28/2013' }), row()]);
    expect(rejects.rows).toMatchObject([{ line: 2, reason: expect.stringContaining('occurredAt: 2013-07-28') }]);
    expect(summary).toMatchObject({ rows: 2, customers: 1, complaints: 1, rejected: 1 });
    expect(target.calls.map(({ meta }) => meta.line)).toEqual([3, 3]);
  });

  it.each<[string, Partial<Fields>, RegExp]>([
    ['an outcome', { response: 'Shrugged' }, /outcome must be one of/],
    ['a channel', { via: 'Pigeon' }, /channel must be one of/],
    ['whether it was missed', { timely: 'Perhaps' }, /Timely response\?.*acknowledgement, resolution/],
    ['whether it is disputed', { disputed: 'Perhaps' }, /Consumer disputed\?.*yes, no/],
    ['a date', { received: '2013-13-01' }, /Date received/],
  ])('rejects a row in which %s is no word that is known', async (_, change, reason) => {
    const { rejects } = await importRows([row(change)]);
    expect(rejects.rows).toMatchObject([{ line: 2, reason: expect.stringMatching(reason) }]);
  });

  it('goes by the numbers of a source that has some', async () => {
    const numbered = mapping({
      customer: { externalId: { column: 'Company' } },
      complaint: { externalId: { column: 'Sub-issue' } },
    });
    const text = (number: string) => row().replace('"Loan, servicing",,', `"Loan, servicing",${number},`);
    const { target, summary } = await importRows([text('c-1'), text('c-2')], numbered);
    expect(target.calls.map(({ type, id }) => [type, id])).toEqual([
      ['acquire', externalId('customer', { system: 'cfpb', id: 'ACME' })],
      ['complaint', externalId('complaint', { system: 'cfpb', id: 'c-1' })],
      ['complaint', externalId('complaint', { system: 'cfpb', id: 'c-2' })],
    ]);
    expect((target.calls[1]!.data as ComplaintCase).raised.externalId).toEqual({ system: 'cfpb', id: 'c-1' });
    expect(summary).toMatchObject({ customers: 1, complaints: 2 });
  });

  it('is decided the same way by a dry run', async () => {
    const target = new DryRunTarget('2026-01-01');
    const { moves, raised } = (await importRows([row({ timely: 'No' })])).target.ofType('complaint')[0]!
      .data as ComplaintCase;
    const id = externalId('complaint', { system: 'cfpb', id: '2' });
    const meta = { occurredAt: RECEIVED, source: 'cfpb', file: 'c.csv', line: 2, commandId: 'c' };
    expect(await target.recordComplaint(id, { raised, moves }, meta)).toEqual({ appended: 1 });
    expect(await target.recordComplaint(id, { raised, moves }, meta)).toEqual({ appended: 0 });
    const tooEarly = new DryRunTarget('2013-07-01');
    await expect(tooEarly.recordComplaint(id, { raised, moves }, meta)).rejects.toThrow('business date');
  });
});

describe('A mapping of complaints', () => {
  it('names the field that is wrong', () => {
    const wrong = mapping({ complaint: { resolution: { told: { constant: 'web' } } } });
    expect(() => parseMapping(wrong)).toThrow(/complaint.resolution.outcome/);
  });
});
