import { type EventType, eventDeclarations } from './events.js';
import { personalPathsOf } from './personal-data.js';

const personalByType = new Map(
  [...eventDeclarations].map(([type, { data }]) => [type, personalPathsOf(data)] as const),
);

/** Which personal data leave the process: none, but for those that configuration names. */
export class PublishedFields {
  static readonly none = new PublishedFields([]);
  private readonly withheld: ReadonlyMap<string, readonly string[]>;

  /** @param named as they are written in the setting. */
  private constructor(readonly named: readonly string[]) {
    this.withheld = new Map(
      [...personalByType].map(([type, paths]) => [type, paths.filter((path) => !named.includes(`${type}.${path}`))]),
    );
  }

  /**
   * Reads a list of fields that are marked as personal: `ContactPointAdded.value,ProfileUpdated.person.fullName`.
   * Undefined where it names anything else: a mistyped name must not pass for a field that nobody wanted.
   */
  static parse(text: string): PublishedFields | undefined {
    const named = text.split(',').map((name) => name.trim());
    return named.every(isPersonal) ? new PublishedFields(named) : undefined;
  }

  /** The paths of an event type that are left out of its messages. */
  leftOut(type: string): readonly string[] {
    return this.withheld.get(type) ?? [];
  }

  /** Whether a field is personal and published all the same. */
  lets(type: string, path: string): boolean {
    return this.named.includes(`${type}.${path}`);
  }
}

/** The personal fields of event types, as they are written in a setting. */
export function personalFieldsOf(...types: EventType[]): string[] {
  return types.flatMap((type) => personalByType.get(type)!.map((path) => `${type}.${path}`));
}

function isPersonal(name: string): boolean {
  const dot = name.indexOf('.');
  return personalByType.get(name.slice(0, dot))?.includes(name.slice(dot + 1)) ?? false;
}
