/** What a credential may be; each operation names those that may use it, and nobody else may. */
export const API_ROLES = ['agent', 'service', 'analyst', 'auditor', 'admin'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Record what happened. */
export const WRITERS: readonly ApiRole[] = ['agent', 'service', 'admin'];
/** Watch the system: programs do, and who runs it. */
export const WATCHERS: readonly ApiRole[] = ['service', 'admin'];
/** Decide what is not everyday work: adjust points, publish rules, merge customers. */
export const ADMINS: readonly ApiRole[] = ['admin'];
/** See customers with their personal data. */
export const READERS: readonly ApiRole[] = ['agent', 'service', 'auditor', 'admin'];
/** See customers; an analyst sees them without personal data. */
export const ALL_READERS: readonly ApiRole[] = API_ROLES;
