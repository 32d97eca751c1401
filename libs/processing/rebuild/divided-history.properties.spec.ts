import fc from 'fast-check';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventBody, Recorded } from '#contracts/envelope.js';
import { derivedId } from '#contracts/ids.js';
import { HistoryBatch } from '#event-store/history-batch.js';
import { framesOf } from '#testing/history-frames.js';
import { holdsInAsync } from '#testing/property.js';
import { recorded } from '#testing/recorded.js';
import type { Projection, RecordedEvent } from '../projection.js';
import { DividedHistory } from './divided-history.js';
import { PartitionFold } from './partition-fold.js';
import { PoisonedKeys } from './poisoned-keys.js';

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
  it('makes the same rows as a plain fold, whatever is held in memory, the partitions and the batches', async () => {
    const sizes = fc.record({
      alone: fc.constant(0),
      partitions: fc.integer({ min: 1, max: 6 }),
      memory: fc.integer({ min: 1, max: 2_000 }),
      largest: fc.integer({ min: 1, max: 20_000 }),
    });
    const groups = fc.integer({ min: 1, max: 3 });
    await holdsInAsync(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 150 }),
        sizes,
        fc.integer({ min: 1, max: 60 }),
        groups,
        async (happenings, size, batch, group) => {
          const events = eventsOf(happenings);
          const store = {
            async *history() {
              for (let at = 0; at < events.length; at += batch) {
                yield new HistoryBatch(framesOf(events.slice(at, at + batch)));
              }
            },
          };
          const opened = new Set<string>();
          const open = async (some: Recorded[]) => {
            for (const { eventId } of some) opened.add(eventId);
          };
          const history = new DividedHistory([folded, seen] as Projection<object>[], size);
          const read = await history.read(store, () => {});
          const made = await Promise.all(
            [folded, seen].map(async (projection, view) => {
              const rows: object[] = [];
              const sink = { write: async (some: object[]) => void rows.push(...some) };
              const poisoned = new PoisonedKeys(projection.name);
              const fold = new PartitionFold(projection as Projection<object>, sink, poisoned, size, open);
              const partitions = history.partitions()[view]!;
              for (let at = 0; at < partitions.length; at += group) await fold.fold(partitions.slice(at, at + group));
              return { rows, poisoned: poisoned.all() };
            }),
          );
          history.close();
          const [rows, appended] = made.map((view) => view.rows) as [Folded[], Seen[]];
          const plain = plainFold(events);
          expect(read).toEqual({ events: events.length, position: events.at(-1)?.position });
          expect(rows.length).toBe(plain.rows.size);
          expect(new Map(rows.map((row) => [row.owner, row]))).toEqual(plain.rows);
          expect(new Set(appended.map(({ eventId }) => eventId))).toEqual(
            new Set(events.map(({ eventId }) => eventId)),
          );
          expect(appended.length).toBe(events.length);
          const queued = made[0]!.poisoned.map(({ key, events: waiting }) => {
            return [key, waiting.map(({ position }) => position)] as const;
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
    const size = { alone: 0, partitions: 1, memory: 1, largest: 1 };
    const store = {
      async *history() {
        yield new HistoryBatch(bytes);
      },
    };
    const read = async (key: Projection<Folded>['key']) => {
      const projection = { ...folded, key } as Projection<object>;
      const history = new DividedHistory([projection], size);
      const poisoned = new PoisonedKeys(projection.name);
      try {
        await history.read(store, () => {});
        const fold = new PartitionFold(projection, { write: async () => {} }, poisoned, size, async () => {});
        await fold.fold(history.partitions()[0]!);
      } finally {
        expect([...poisoned.all(), ...history.poisoned[0]!]).toEqual([]);
        history.close();
      }
    };
    await expect(read(folded.key)).rejects.toThrow('Spec has version 2');
    await expect(read(({ streamId }) => streamId)).rejects.toThrow('Spec has version 2');
  });
});
