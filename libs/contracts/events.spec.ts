import { eventDeclarations, idInStream, streamCategories, streamOf } from './events.js';
import { personalPathsOf } from './personal-data.js';
import { fieldsOf } from './validation.js';

describe('the declared events', () => {
  it('have names of their own across all categories', () => {
    const names = Object.values(streamCategories).flatMap((events) => Object.keys(events));
    expect(eventDeclarations.size).toBe(names.length);
  });

  it('declare at least one field each, so that an unknown one is refused', () => {
    for (const { data } of eventDeclarations.values()) expect(fieldsOf(data).size).toBeGreaterThan(0);
  });

  it('mark what is personal, and only declared fields', () => {
    const marked = [...eventDeclarations.values()].flatMap(({ type, data }) => {
      const paths = personalPathsOf(data);
      expect([...fieldsOf(data)]).toEqual(expect.arrayContaining(paths.map((path) => path.split('.')[0])));
      return paths.map((path) => `${type}.${path}`);
    });
    expect(marked.sort()).toEqual([
      'ComplaintHandlingRated.comment',
      'ComplaintReopened.reason',
      'ComplaintResolutionDisputed.reason',
      'ComplaintWaitingOnCustomer.question',
      'ConsentGranted.evidence',
      'ConsentWithdrawn.evidence',
      'ContactPointAdded.raw',
      'ContactPointAdded.value',
      'CsatAnswered.comment',
      'CustomerAcquired.name',
      'CustomerChurned.reason',
      'CustomerComplained.description',
      'CustomerComplained.desiredOutcome',
      'ExpectationRecorded.comment',
      'InteractionRecorded.outcome',
      'NeedRecorded.statement',
      'NpsAnswered.comment',
      'ProfileUpdated.address.city',
      'ProfileUpdated.address.lines',
      'ProfileUpdated.address.postalCode',
      'ProfileUpdated.name',
      'ProfileUpdated.organisation.legalName',
      'ProfileUpdated.organisation.taxId',
      'ProfileUpdated.person.birthDate',
      'ProfileUpdated.person.familyName',
      'ProfileUpdated.person.fullName',
      'ProfileUpdated.person.givenName',
      'PromiseMade.what',
      'ProspectIdentified.name',
      'PurchaseCancelled.reason',
      'PurchaseReturned.reason',
      'RetentionOfferDeclined.reason',
      'ServiceQualityRated.comment',
      'UnlinkedReturnRecorded.reason',
    ]);
  });

  it('stand in streams whose names give the id back', () => {
    expect(streamOf('customer', 'a-b')).toBe('customer-a-b');
    expect(idInStream('customer-a-b')).toBe('a-b');
    expect(idInStream('foreign')).toBe('foreign');
  });
});
