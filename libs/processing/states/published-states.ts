import type { Position } from '../processor.js';
import type { StatesRead } from './state-topic.js';

/**
 * What the state topics tell already. As long as states come from the same tables, a later look at them tells no less.
 * Other tables may: views that are filled anew, another build, a backup. Then nothing follows on a topic before all of
 * them are past everything that was told there.
 */
export class PublishedStates {
  /** By topic. */
  private readonly told = new Map<string, { builds: string; through: Position }>();
  private furthest: Position;

  /** @param before beyond everything that was told by others before, on any topic; undefined: nothing was. */
  constructor(private readonly before: Position) {
    this.furthest = before;
  }

  /** Whether states out of a snapshot may be sent now. */
  mayFollow(topic: string, { position, builds }: Pick<StatesRead, 'position' | 'builds'>): boolean {
    const told = this.told.get(topic);
    const through = told ? told.through : this.before;
    if (through === undefined || told?.builds === builds) return true;
    return position !== undefined && position >= through;
  }

  /** They are sent. @returns beyond everything that is told then, on any topic. */
  followedBy(topic: string, { through, builds }: Pick<StatesRead, 'through' | 'builds'>): Position {
    const before = this.told.get(topic)?.through ?? this.before;
    this.told.set(topic, { builds, through: further(before, through) });
    this.furthest = further(this.furthest, through);
    return this.furthest;
  }
}

function further(one: Position, other: Position): Position {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
