import type { Position } from '../processor.js';
import type { StatesRead } from './state-topic.js';

/**
 * What the state topics tell already. As long as states come from the same tables, a later look at them tells no less.
 * Other tables may: views that are filled anew, another build, a backup. Then nothing follows before all of them are
 * past everything that was told.
 */
export class PublishedStates {
  /** By topic. */
  private readonly builds = new Map<string, string>();

  /** @param through beyond everything that was told by others before; undefined: nothing was. */
  constructor(private through: Position) {}

  /** Whether states out of a snapshot may be sent now. */
  mayFollow(topic: string, { position, builds }: Pick<StatesRead, 'position' | 'builds'>): boolean {
    if (this.through === undefined || this.builds.get(topic) === builds) return true;
    return position !== undefined && position >= this.through;
  }

  /** They are sent. @returns beyond everything that is told then. */
  followedBy(topic: string, { through, builds }: Pick<StatesRead, 'through' | 'builds'>): Position {
    this.builds.set(topic, builds);
    if (through !== undefined && (this.through === undefined || through > this.through)) this.through = through;
    return this.through;
  }
}
