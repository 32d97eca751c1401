import { Controller, Get, Query } from '@nestjs/common';
import { Customers } from '#commands/customers.js';
import { eventDeclarations } from '#contracts/events.js';
import { Optional, rule } from '#contracts/fields.js';
import { InvalidFields, parse } from '#contracts/validation.js';
import { EventStore } from '#event-store/event-store.js';
import { PositionBeyondEnd } from '#read-models/view-reader.js';
import { senderOf } from '../auth/auth.guard.js';
import { ALL_READERS } from '../auth/roles.js';
import { addressOf } from '../http/command-request.js';
import { type Exchange, Http } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { EventFeed, type FeedRequest } from './event-feed.js';

const BEGINNING = 'beginning';

/** What a listener may ask for. */
export class FeedQuery {
  /** After which position to start, or `beginning`; left out: after the last event that there is. */
  @Optional()
  @rule('position', (value) => value === BEGINNING || isPosition(value), 'must be a position, or beginning', {
    type: 'string',
    pattern: `^(\\d{1,18}|${BEGINNING})$`,
  })
  position?: string;
  /** Types of events, separated by commas. */
  @Optional()
  @rule('eventTypes', areEventTypes, 'must be types of events, separated by commas', {
    type: 'string',
    examples: ['CustomerPurchased,PaymentReceived'],
  })
  type?: string;
  /** A customer, by its id or SYSTEM:ID. */
  @Optional()
  @rule('address', (value) => typeof value === 'string', 'must be one address of a customer', { type: 'string' })
  customer?: string;
}

/** Every event as it is recorded, for those who listen. */
@Controller('events')
export class FeedController {
  constructor(
    private readonly feed: EventFeed,
    private readonly store: EventStore,
    private readonly customers: Customers,
  ) {}

  @Get()
  @Operation({
    summary: 'Follow the events as they are recorded (server-sent events)',
    roles: ALL_READERS,
    query: FeedQuery,
    responses: {
      200: {
        description: 'Events, until the client leaves. `id` is the position, after which `Last-Event-ID` goes on',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
  })
  async follow(@Query() query: object, @Http() { request, reply }: Exchange) {
    const { position, type, customer } = parse(FeedQuery, query);
    const lastId = lastEventIdOf(request.headers['last-event-id']);
    const asked: FeedRequest = {
      after: await this.startOf(lastId ?? position),
      types: type === undefined ? undefined : new Set(type.split(',')),
      customerId: customer === undefined ? undefined : await this.customers.require(addressOf('customer', customer)),
    };
    reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store');
    // Proxies that collect an answer before they pass it on would hold events back.
    reply.header('x-accel-buffering', 'no');
    return this.feed.start(asked, senderOf(request));
  }

  /** A position beyond the end was never told to anybody: most likely it is of another store. */
  private async startOf(position: string | undefined): Promise<bigint | undefined> {
    if (position === BEGINNING) return undefined;
    const end = await this.store.end();
    if (position === undefined) return end;
    const after = BigInt(position);
    if (after > (end ?? -1n)) throw new PositionBeyondEnd(after, end);
    return after;
  }
}

function lastEventIdOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  if (isPosition(header)) return header;
  throw InvalidFields.one('Last-Event-ID', 'header', 'must be the id of an event of this feed, a position');
}

function isPosition(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,18}$/.test(value);
}

function areEventTypes(value: unknown): boolean {
  return typeof value === 'string' && value.split(',').every((type) => eventDeclarations.has(type));
}
