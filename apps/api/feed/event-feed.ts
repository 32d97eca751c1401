import { Readable } from 'node:stream';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Recorded } from '#contracts/envelope.js';
import type { EventStore } from '#event-store/event-store.js';
import { Followed } from '#event-store/followed.js';
import type { Authentication } from '../auth/authentication.js';
import type { Credential } from '../auth/credential.js';
import { seesPersonalDataInFeed, withoutPersonalFields } from '../auth/personal-data.js';
import { TooManyRequests } from '../auth/rate-limit.js';
import { toHeartbeat, toMessage } from './event-message.js';

/** Often enough that what stands between notices no silence, and that a revoked key ends soon. */
const HEARTBEAT_MS = 5_000;
const RETRY_AFTER_SECONDS = 10;

export interface FeedRequest {
  /** The position after which it starts; undefined from the beginning. */
  after: bigint | undefined;
  /** Only events of these types; left out: of all. */
  types?: ReadonlySet<string>;
  /** Only events of this customer; left out: of everybody. */
  customerId?: string;
}

/** Streams of events to those who listen, each with a subscription of its own. They end when the process stops. */
export class EventFeed implements OnModuleDestroy {
  private readonly open = new Set<Followed>();
  private isClosing = false;

  /** @param mostOpen how many may listen at once: each takes a subscription of the event store. */
  constructor(
    private readonly store: EventStore,
    private readonly authentication: Authentication,
    private readonly mostOpen = 200,
    private readonly heartbeatMs = HEARTBEAT_MS,
  ) {}

  /** @throws TooManyRequests when as many listen as may. */
  start(request: FeedRequest, reader: Credential): Readable {
    if (this.open.size >= this.mostOpen) throw new TooManyRequests(RETRY_AFTER_SECONDS);
    const followed = new Followed(this.store, request.after);
    this.open.add(followed);
    // A stream that asks for the next text only when the last one has been sent: who reads slowly is sent no more.
    const stream = Readable.from(this.messages(followed, request, reader), { objectMode: true, highWaterMark: 1 });
    stream.once('close', () => {
      this.open.delete(followed);
      followed.close();
    });
    if (this.isClosing) followed.close();
    return stream;
  }

  onModuleDestroy(): void {
    this.isClosing = true;
    for (const followed of this.open) followed.close();
  }

  private async *messages(followed: Followed, request: FeedRequest, reader: Credential): AsyncGenerator<string> {
    const seesAll = seesPersonalDataInFeed(reader);
    yield toHeartbeat(followed.position);
    let checkedAt = performance.now();
    while (!followed.hasEnded) {
      const events = (await followed.next(this.heartbeatMs)).filter((event) => isAskedFor(event, request));
      if (events.length > 0) {
        yield events.map((event) => toMessage(seesAll ? event : withoutPersonalFields(event))).join('');
      }
      if (performance.now() - checkedAt < this.heartbeatMs) continue;
      checkedAt = performance.now();
      if (!(await this.authentication.isStillValid(reader))) return;
      yield toHeartbeat(followed.position);
    }
  }
}

function isAskedFor({ type, metadata }: Recorded, { types, customerId }: FeedRequest): boolean {
  return (types?.has(type) ?? true) && (customerId === undefined || metadata.customerId === customerId);
}
