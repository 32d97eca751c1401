/**
 * The ids of things that are open until they end in one of some ways, each in one list. Lists, and no map by id: a map
 * of ten thousand is copied a thousand times slower than a list.
 */
export type Course<End extends string> = Readonly<Record<End, readonly string[]>> & {
  /** And since when. */
  readonly open: readonly Opened[];
};

interface Opened {
  id: string;
  since: string;
}

/** What became of a thing; undefined for one that never was. */
export function statusOf<End extends string>(course: Course<End>, id: string): Opened | End | undefined {
  const opened = course.open.find((each) => each.id === id);
  if (opened !== undefined) return opened;
  const { open: _, ...ended } = course;
  return (Object.keys(ended) as End[]).find((end) => course[end].includes(id));
}

/** With a thing that is new. */
export function withOpen<End extends string>(course: Course<End>, id: string, since: string): Course<End> {
  return { ...course, open: [...course.open, { id, since }] };
}

/** With a thing that ended so. */
export function withEnded<End extends string>(course: Course<End>, id: string, end: NoInfer<End>): Course<End> {
  return { ...course, open: course.open.filter((each) => each.id !== id), [end]: [...course[end], id] };
}
