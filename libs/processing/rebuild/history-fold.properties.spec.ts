import fc from 'fast-check';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventBody, Recorded } from '#contracts/envelope.js';
import { derivedId } from '#contracts/ids.js';
import { HistoryBatch } from '#event-store/history-batch.js';
import { framesOf } from '#testing/history-frames.js';
import { holdsInAsync } from '#testing/property.js';
import { recorded } from '#testing/recorded.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { HistoryFold } from './history-fold.js';

@Entity({ schema: 'views', name: 'folded' })
class Folded {
  @PrimaryColumn('text') owner!: string;
  @Column('jsonb') seen!: string[];
}

@Entity({ schema: 'views', name: 'seen' })
class Seen {
  @PrimaryColumn('uuid') eventId!: string;
}

/** What happens to an owner: something more is seen, the row goes, nothing changes, or the fold fails. */
type Happening = { owner: number; what: 'seen' | 'gone' | 'nothing' | 'foreign' | 'poison' };

const folded: Projection<Folded> = {
  name: 'folded',
  version: 1,
  table: Folded,
  key: ({ streamId, data }) => (whatOf(data) === 'foreign' ? undefined : streamId),
  evolve: (row, { streamId, eventId, data }) => {
    const what = whatOf(data);
    if (what === 'poison') throw new Error('poisoned');
    if (what === 'nothing') return row;
    if (what === 'gone') return undefined;
    return { owner: streamId, seen: [...(row?.seen ?? []), eventId] };
  },
};

const seen: Projection<Seen> = {
  name: 'seen',
  version: 1,
  table: Seen,
  appendOnly: true,
  key: ({ eventId }) => eventId,
  evolve: (_, { eventId }) => ({ eventId }),
};

function whatOf(data: object): Happening['what'] {
  return (data as { what: Happening['what'] }).what;
}

function eventsOf(happenings: Happening[]): Recorded[] {
  return happenings.map(({ owner, what }, index): Recorded => {
    const event = recorded({ position: BigInt(index + 1), eventId: derivedId('event', String(index)) });
    return { ...event, type: 'Spec', data: { what }, streamId: `owner-${owner}` } as Recorded<EventBody>;
  });
}

/** Without partitions, files or batches. A row that could not be folded stays as it was. */
function plainFold(events: Recorded[]): { rows: Map<string, Folded>; poisoned: Map<string, bigint[]> } {
  const rows = new Map<string, Folded>();
  const poisoned = new Map<string, bigint[]>();
  for (const event of events as RecordedEvent[]) {
    const key = folded.key(event);
    if (key === undefined) continue;
    if (poisoned.has(key)) poisoned.get(key)!.push(event.position);
    else {
      try {
        const after = folded.evolve(rows.get(key), event);
        if (after) rows.set(key, after);
        else rows.delete(key);
      } catch {
        poisoned.set(key, [event.position]);
      }
    }
  }
  return { rows, poisoned };
}

const happening: fc.Arbitrary<Happening> = fc.record({
  owner: fc.nat({ max: 12 }),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('seen' as const) },
    { weight: 2, arbitrary: fc.constantFrom('gone' as const, 'nothing' as const, 'foreign' as const) },
    { weight: 1, arbitrary: fc.constant('poison' as const) },
  ),
});

describe('the fold of a history', () => {
  it('makes the same rows as a plain fold, whatever the budget, the partitions and the batches', async () => {
    const budget = fc.record({
      bytes: fc.integer({ min: 1, max: 20_000 }),
      partitions: fc.integer({ min: 1, max: 6 }),
    });
    await holdsInAsync(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 150 }),
        budget,
        fc.integer({ min: 1, max: 60 }),
        async (happenings, given, batch) => {
          const events = eventsOf(happenings);
          const rows: Folded[] = [];
          const appended: Seen[] = [];
          const opened = new Set<string>();
          const store = {
            async *history() {
              for (let at = 0; at < events.length; at += batch) {
                yield new HistoryBatch(framesOf(events.slice(at, at + batch)));
              }
            },
            open: async (some: Recorded[]) => {
              for (const { eventId } of some) opened.add(eventId);
            },
          };
          const write = (into: object[]) => ({ write: async (some: object[]) => void into.push(...some) });
          const fold = new HistoryFold(
            store,
            [
              { projection: folded as Projection<object>, sink: write(rows) },
              { projection: seen as Projection<object>, sink: write(appended) },
            ],
            given,
          );
          const read = await fold.read(() => {});
          await fold.write();
          fold.close();
          const plain = plainFold(events);
          expect(read).toEqual({ events: events.length, position: events.at(-1)?.position });
          expect(rows.length).toBe(plain.rows.size);
          expect(new Map(rows.map((row) => [row.owner, row]))).toEqual(plain.rows);
          expect(appended.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
          const queued = [...fold.poisoned[0]!].map(([key, poisoned]) => {
            return [key, poisoned.events.map(({ position }) => position)] as const;
          });
          expect(new Map(queued)).toEqual(plain.poisoned);
          expect(opened.size).toBe(events.length);
        },
      ),
    );
  });

  it('ends at an event that cannot be read, whether the fold or the key looks at it, and parks nothing for it', async () => {
    const [event] = eventsOf([{ owner: 1, what: 'seen' }]);
    const bytes = framesOf([{ ...event!, metadata: { ...event!.metadata, schemaVersion: 2 } }]);
    for (const projection of [folded, { ...folded, key: ({ streamId }: RecordedEvent) => streamId }]) {
      const store = {
        async *history() {
          yield new HistoryBatch(bytes);
        },
        open: async () => {},
      };
      const sink = { write: async () => {} };
      const fold = new HistoryFold(store, [{ projection: projection as Projection<object>, sink }], {
        bytes: 1,
        partitions: 1,
      });
      await expect(fold.read(() => {})).rejects.toThrow('Spec has version 2');
      expect(fold.poisoned[0]!.size).toBe(0);
      fold.close();
    }
  });
});
