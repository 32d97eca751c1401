import type { PublishedFields } from '#contracts/published-fields.js';
import type { Customer360Answer } from './customer-360.query.js';

/**
 * The personal data of the view, by path (`[]`: of each item of a list), and from which marked fields of events each
 * comes. A field of the view is published where every field that it may come from is: else one that is withheld would go
 * out by another way.
 */
export const PERSONAL_ORIGINS: Readonly<Record<string, readonly string[]>> = {
  name: ['ProspectIdentified.name', 'CustomerAcquired.name', 'ProfileUpdated.name'],
  'profile.person.fullName': ['ProfileUpdated.person.fullName'],
  'profile.person.familyName': ['ProfileUpdated.person.familyName'],
  'profile.person.givenName': ['ProfileUpdated.person.givenName'],
  'profile.person.birthDate': ['ProfileUpdated.person.birthDate'],
  'profile.organisation.legalName': ['ProfileUpdated.organisation.legalName'],
  'profile.organisation.taxId': ['ProfileUpdated.organisation.taxId'],
  'profile.address.city': ['ProfileUpdated.address.city'],
  'profile.address.postalCode': ['ProfileUpdated.address.postalCode'],
  'profile.address.lines': ['ProfileUpdated.address.lines'],
  'contactPoints[].value': ['ContactPointAdded.value'],
  'contactPoints[].raw': ['ContactPointAdded.raw'],
  'needs[].statement': ['NeedRecorded.statement'],
  'promises.open[].what': ['PromiseMade.what'],
};

/** What an employee wrote, in no event: nothing lets it out. */
const NEVER_PUBLISHED = ['dropped[].reason'];

/** The paths of the view that are left out of its messages. */
export function withheldPaths(published: PublishedFields): string[] {
  const isLet = (origin: string) => {
    const dot = origin.indexOf('.');
    return published.lets(origin.slice(0, dot), origin.slice(dot + 1));
  };
  const withheld = Object.entries(PERSONAL_ORIGINS).filter(([, origins]) => !origins.every(isLet));
  return [...withheld.map(([path]) => path), ...NEVER_PUBLISHED];
}

/** The view as it is published. What is withheld is left out, never null: nobody shall take it for unknown. */
export function publishedView(view: Customer360Answer, published: PublishedFields): object {
  return withheldPaths(published).reduce<object>((left, path) => withoutPath(left, path.split('.')), view);
}

/** A copy without what stands at a path, as far as it is there. */
function withoutPath(holder: object, [step = '', ...rest]: string[]): object {
  const isList = step.endsWith('[]');
  const field = isList ? step.slice(0, -2) : step;
  const { [field]: inside, ...others } = holder as Record<string, unknown>;
  if (rest.length === 0) return others;
  if (inside === null || inside === undefined) return holder;
  const left = isList
    ? (inside as object[]).map((item) => withoutPath(item, rest))
    : withoutPath(inside as object, rest);
  return { ...(holder as object), [field]: left };
}
