import { PublishedFields } from '#contracts/published-fields.js';
import { SettingsError } from '#platform/setting.js';
import type { Projection } from '../projection.js';

type Needing = Pick<Projection<object>, 'name' | 'segmentedBy' | 'needs'>;

/**
 * Whether the events topic can feed a view, whichever of its versions is there: its segments are partitions, and messages
 * tell all that it needs. Any other view reads `$all`, where order holds over all customers.
 */
export function isFedByTopic(versions: readonly Needing[]): boolean {
  return versions.every(({ segmentedBy, needs }) => segmentedBy === 'customer' && needs !== 'all');
}

/** The views of a list that the topic can feed, in every version. */
export function fedByTopic<View extends Needing>(views: readonly View[]): View[] {
  return views.filter(({ name }) => isFedByTopic(views.filter((version) => version.name === name)));
}

/** The personal fields that views need to be fed by the topic, each once. */
export function fieldsNeededBy(views: readonly Needing[]): string[] {
  return [...new Set(views.flatMap(({ needs }) => (needs === undefined || needs === 'all' ? [] : needs)))];
}

/**
 * @param views those that the topic shall feed.
 * @throws SettingsError where the topic lacks a field that one of them needs, naming view, fields and setting.
 */
export function refuseLeftOut(views: readonly Needing[], published = PublishedFields.none): void {
  const lacking = views.flatMap((view) => {
    const fields = fieldsNeededBy([view]).filter((field) => !published.named.includes(field));
    return fields.length > 0 ? [`${view.name} needs ${fields.join(', ')}`] : [];
  });
  if (lacking.length === 0) return;
  throw new SettingsError(
    'RAPPORT_SOURCE',
    'kafka',
    `${lacking.join('; ')}: name them in RAPPORT_PUBLISH_PERSONAL before anything is published, or take event-store.`,
  );
}
