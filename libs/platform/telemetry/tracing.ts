import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export { SpanKind };

/** W3C Trace Context, level 1: version, trace, parent, flags. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A batch of thousands of events has as many causes; some are enough to find it by. */
const MOST_LINKS = 128;
/** In the context of a batch: the traceparent of each event in it, by the event's id. */
const CAUSES = createContextKey('rapport.causes');

/** Undefined unless traces are exported: then nothing below makes a span. */
let tracer: Tracer | undefined;

/** From now on traces are recorded: the global provider and context manager are there. */
export function recordTraces(): void {
  tracer = trace.getTracer('rapport');
}

/** No more spans. */
export function ignoreTraces(): void {
  tracer = undefined;
}

export interface SpanWords {
  kind?: SpanKind;
  attributes?: Attributes;
}

/** Does the work in a span of the current trace, or in a trace of its own where there is none. */
export function inSpan<T>(name: string, words: SpanWords, work: () => Promise<T>): Promise<T> {
  if (!tracer) return work();
  return within(tracer.startSpan(name, words), context.active(), work);
}

/** Does the work in a span where there is a trace that it belongs to; else without. */
export function inSpanOfTrace<T>(name: string, words: SpanWords, work: () => Promise<T>): Promise<T> {
  if (!tracer || !trace.getActiveSpan()?.isRecording()) return work();
  return inSpan(name, words, work);
}

/**
 * Does what an event brings about in the trace of that event, where the batch that is worked on holds it and it has
 * one; the span then points at the batch's.
 */
export function inSpanOfCause<T>(eventId: string, name: string, words: SpanWords, work: () => Promise<T>): Promise<T> {
  if (!tracer) return work();
  const cause = contextOf((context.active().getValue(CAUSES) as Map<string, string> | undefined)?.get(eventId));
  if (!cause) return inSpan(name, words, work);
  const batch = trace.getActiveSpan();
  const links = batch ? [{ context: batch.spanContext() }] : [];
  const parent = trace.setSpanContext(context.active(), cause);
  return within(tracer.startSpan(name, { ...words, links }, parent), parent, work);
}

/** What a batch is made of, as far as traces go. */
export interface Traced {
  eventId: string;
  metadata: { traceparent?: string | undefined };
}

/**
 * Does the work of a batch in a span that points at everything that led to it. Where all that is traced is one trace,
 * the span belongs to it; a batch without a recorded trace has no span.
 */
export function inSpanOfBatch<T>(
  name: string,
  words: SpanWords,
  batch: readonly Traced[],
  work: () => Promise<T>,
): Promise<T> {
  if (!tracer) return work();
  const causes = new Map<string, string>();
  const sources = new Map<string, SpanContext>();
  for (const { eventId, metadata } of batch) {
    const { traceparent } = metadata;
    const source = contextOf(traceparent);
    if (!source || !isSampled(source)) continue;
    causes.set(eventId, traceparent!);
    sources.set(traceparent!, source);
  }
  if (sources.size === 0) return work();
  const [first, ...others] = sources.values();
  const isOneTrace = others.every(({ traceId }) => traceId === first!.traceId);
  const parent = isOneTrace ? trace.setSpanContext(ROOT_CONTEXT, first!) : ROOT_CONTEXT;
  const links: Link[] = [...sources.values()].slice(0, MOST_LINKS).map((source) => ({ context: source }));
  const span = tracer.startSpan(name, { ...words, links }, parent);
  return within(span, parent.setValue(CAUSES, causes), work);
}

/** A span for something that begins and ends in different places, and the context to work in; undefined: no traces. */
export function startSpan(
  name: string,
  words: SpanWords,
  traceparent: unknown,
): { span: Span; context: Context } | undefined {
  if (!tracer) return undefined;
  const remote = contextOf(traceparent);
  const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
  const span = tracer.startSpan(name, words, parent);
  return { span, context: trace.setSpan(parent, span) };
}

/** The current span as the header `traceparent` says it; undefined where there is none, or nobody records it. */
export function currentTraceparent(): string | undefined {
  const current = tracer && trace.getActiveSpan()?.spanContext();
  if (!current || !isSampled(current)) return undefined;
  return `00-${current.traceId}-${current.spanId}-01`;
}

function contextOf(traceparent: unknown): SpanContext | undefined {
  const parts = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (!parts) return undefined;
  const [, traceId, spanId, flags] = parts as unknown as [string, string, string, string];
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

async function within<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** The kind of an error, not its message: that may tell of customers. */
function failed(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', name).setStatus({ code: SpanStatusCode.ERROR, message: name });
}
