import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  currentTraceparent,
  ignoreTraces,
  inSpan,
  inSpanOfBatch,
  inSpanOfCause,
  inSpanOfTrace,
  recordTraces,
  startSpan,
} from './tracing.js';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

beforeEach(() => {
  exporter.reset();
  recordTraces();
});
afterEach(ignoreTraces);
afterAll(async () => {
  await provider.shutdown();
  for (const api of [context, trace, propagation]) api.disable();
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER = '11111111111111111111111111111111';
const traceparent = (traceId = TRACE, span = 1, flags = '01') =>
  `00-${traceId}-${String(span).padStart(16, '0')}-${flags}`;
const event = (eventId: string, parent?: string) => ({ eventId, metadata: { traceparent: parent } });
const spans = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    traceId: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    links: span.links.map((link) => link.context.spanId),
    error: span.status.message,
  }));

describe('traces', () => {
  it('are not made where nobody asked for them: the work is done as it is', async () => {
    ignoreTraces();
    const work = async () => currentTraceparent() ?? 'none';
    expect(await inSpan('a', {}, work)).toBe('none');
    expect(await inSpanOfTrace('b', {}, work)).toBe('none');
    expect(await inSpanOfCause('id', 'c', {}, work)).toBe('none');
    expect(await inSpanOfBatch('d', {}, [event('id', traceparent())], work)).toBe('none');
    expect(startSpan('e', {}, traceparent())).toBeUndefined();
    expect(spans()).toEqual([]);
  });

  it('go on in the trace that a caller names, and begin one of their own where it names none', () => {
    const known = startSpan('known', {}, traceparent())!;
    expect(known.span.spanContext().traceId).toBe(TRACE);
    for (const wrong of [undefined, 'nonsense', ['a'], traceparent('0'.repeat(32)), traceparent(TRACE, 0)]) {
      expect(startSpan('own', {}, wrong)!.span.spanContext().traceId).not.toBe(TRACE);
    }
  });

  it('tell the current span as a header, unless it is not sampled', async () => {
    expect(currentTraceparent()).toBeUndefined();
    const told = await inSpan('a', {}, async () => currentTraceparent());
    const [span] = exporter.getFinishedSpans();
    expect(told).toBe(`00-${span!.spanContext().traceId}-${span!.spanContext().spanId}-01`);
    const { context: unsampled } = startSpan('b', {}, traceparent(TRACE, 1, '00'))!;
    expect(context.with(unsampled, currentTraceparent)).toBeUndefined();
  });

  it('tell the kind of an error and not its message, and pass it on', async () => {
    const failing = () => Promise.reject(new RangeError('Hoa is 300 years old'));
    await expect(inSpan('a', {}, failing)).rejects.toThrow('Hoa');
    expect(spans()).toMatchObject([{ error: 'RangeError' }]);
    expect(
      JSON.stringify(exporter.getFinishedSpans().map(({ attributes, events }) => ({ attributes, events }))),
    ).not.toContain('Hoa');
  });

  it('have no span of a transaction outside of any', async () => {
    await inSpanOfTrace('transaction', {}, async () => {});
    expect(spans()).toEqual([]);
    await inSpan('outer', {}, () => inSpanOfTrace('transaction', {}, async () => {}));
    expect(spans().map(({ name }) => name)).toEqual(['transaction', 'outer']);
  });

  it('link a batch to all that led to it, once each', async () => {
    const [a, b] = [traceparent(TRACE, 1), traceparent(OTHER, 2)];
    await inSpanOfBatch('batch', {}, [event('1', a), event('2'), event('3', b), event('4', a)], async () => {});
    expect(spans()).toMatchObject([{ name: 'batch', parent: undefined, links: [a.slice(36, 52), b.slice(36, 52)] }]);
    expect([TRACE, OTHER]).not.toContain(spans()[0]!.traceId);
  });

  it('take a batch of one trace into it', async () => {
    await inSpanOfBatch(
      'batch',
      {},
      [event('1', traceparent(TRACE, 1)), event('2', traceparent(TRACE, 2))],
      async () => {},
    );
    expect(spans()).toMatchObject([
      { traceId: TRACE, parent: '0000000000000001', links: ['0000000000000001', '0000000000000002'] },
    ]);
  });

  it('have no span of a batch that nobody traced', async () => {
    await inSpanOfBatch('batch', {}, [event('1'), event('2', traceparent(TRACE, 1, '00'))], async () => {});
    await inSpanOfBatch('batch', {}, [], async () => {});
    expect(spans()).toEqual([]);
  });

  it('bound the links of a batch of thousands', async () => {
    const batch = Array.from({ length: 1_000 }, (_, n) => event(String(n), traceparent(TRACE, n + 1)));
    await inSpanOfBatch('batch', {}, batch, async () => {});
    expect(spans()[0]!.links).toHaveLength(128);
  });

  it('do what an event brings about in its trace, linked to the batch, and nothing else there', async () => {
    const batch = [event('1', traceparent(TRACE, 1)), event('2', traceparent(OTHER, 2)), event('3')];
    await inSpanOfBatch('batch', {}, batch, async () => {
      await inSpanOfCause('2', 'because of 2', {}, async () => {});
      await inSpanOfCause('3', 'because of 3', {}, async () => {});
    });
    const [two, three, all] = exporter.getFinishedSpans();
    expect(two).toMatchObject({ parentSpanContext: { traceId: OTHER, spanId: '0000000000000002' } });
    expect(two!.links.map((link) => link.context.spanId)).toEqual([all!.spanContext().spanId]);
    expect(three!.parentSpanContext!.spanId).toBe(all!.spanContext().spanId);
  });
});
