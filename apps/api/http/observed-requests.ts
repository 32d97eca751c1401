import { type Context, context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { counter, durations, gauge } from '#platform/telemetry/metrics.js';
import { SpanKind, startSpan } from '#platform/telemetry/tracing.js';

const requests = counter(
  'rapport_http_requests_total',
  'Requests answered. `route` is the template of the path, `none` where there is none such.',
  ['method', 'route', 'status'],
);
const duration = durations('rapport_http_request_duration_seconds', 'From the first line of a request to its answer.', [
  'method',
  'route',
]);
const underWay = gauge('rapport_http_requests_in_flight', 'Requests that are being worked on.', []);

/** Requests whose traces are recorded. */
const traced = new WeakMap<FastifyRequest, { span: Span; context: Context }>();

/** Counts, times and traces every request. Call it before any other hook, so that what those refuse counts too. */
export function observeRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    underWay.inc();
    const trace = startSpan(request.method, { kind: SpanKind.SERVER }, request.headers.traceparent);
    if (trace) traced.set(request, trace);
    done();
  });
  // Not in the first hook: what reads the body would lose it again.
  server.addHook('preValidation', (request, _reply, done) => {
    const trace = traced.get(request);
    if (trace) context.with(trace.context, done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    underWay.dec();
    const { method } = request;
    const { statusCode } = reply;
    // A path of the caller's would make a series of each.
    const route = (!request.is404 && request.routeOptions.url) || 'none';
    requests.inc({ method, route, status: statusCode });
    duration.observe({ method, route }, reply.elapsedTime / 1_000);
    const span = traced.get(request)?.span;
    if (span) end(span, method, route, statusCode);
    done();
  });
}

function end(span: Span, method: string, route: string, status: number): void {
  span.updateName(route === 'none' ? method : `${method} ${route}`).setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
