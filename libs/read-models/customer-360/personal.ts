import type { Customer360 } from './customer-360.table.js';
import type { Profile } from './row-parts.js';

/** What of the view is personal data. */
export type Personal = Pick<Customer360, 'name' | 'profile' | 'contactPoints' | 'needs' | 'promises'>;

/** The fields of a profile that are marked in `ProfileUpdated`. */
export const PERSONAL_PROFILE_FIELDS = {
  person: ['fullName', 'familyName', 'givenName', 'birthDate'],
  organisation: ['legalName', 'taxId'],
  address: ['city', 'postalCode', 'lines'],
} as const;

/** The same view without personal data: what an analyst sees, and what is left of a customer who was erased. */
export function withoutPersonalData<View extends Personal>(view: View): View {
  return {
    ...view,
    name: null,
    profile: view.profile && withoutPersonalFields(view.profile),
    contactPoints: view.contactPoints.map(({ raw: _, ...point }) => ({ ...point, value: null })),
    needs: view.needs.map((need) => ({ ...need, statement: null })),
    promises: view.promises && {
      ...view.promises,
      open: view.promises.open.map((promise) => ({ ...promise, what: null })),
    },
  };
}

/** Which of the fields whose times are kept are personal. */
export const PERSONAL_TIMES: readonly string[] = [
  'name',
  ...Object.entries(PERSONAL_PROFILE_FIELDS).flatMap(([group, fields]) => fields.map((field) => `${group}.${field}`)),
];

function withoutPersonalFields(profile: Profile): Profile | null {
  const left: Record<string, unknown> = { ...profile };
  for (const [group, fields] of Object.entries(PERSONAL_PROFILE_FIELDS)) {
    const known = Object.entries(profile[group as keyof typeof PERSONAL_PROFILE_FIELDS] ?? {});
    const rest = known.filter(([field]) => !(fields as readonly string[]).includes(field));
    if (rest.length > 0) left[group] = Object.fromEntries(rest);
    else delete left[group];
  }
  return Object.keys(left).length > 0 ? left : null;
}
