/**
 * The ids of things that are open until they end in one of some ways, each in one list. Lists, and no map by id: a map
 * of ten thousand is copied a thousand times slower than a list.
 */
export type Course<End extends string> = Readonly<Record<'open' | End, readonly string[]>>;

/** What became of a thing; undefined for one that never was. */
export function statusOf<End extends string>(course: Course<End>, id: string): 'open' | End | undefined {
  const statuses = Object.keys(course) as ('open' | End)[];
  return statuses.find((status) => course[status].includes(id));
}

/** With a thing that is new. */
export function withOpen<End extends string>(course: Course<End>, id: string): Course<End> {
  return { ...course, open: [...course.open, id] };
}

/** With a thing that ended so. */
export function withEnded<End extends string>(course: Course<End>, id: string, end: NoInfer<End>): Course<End> {
  return { ...course, open: course.open.filter((each) => each !== id), [end]: [...course[end], id] };
}
