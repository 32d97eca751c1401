import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What this process counts and measures. A library declares its own where it counts: what is imported is exposed. */
const registry = new Registry();

export interface MetricDescription {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** What is counted, in a sentence. */
  help: string;
  labels: readonly string[];
}

const declared: MetricDescription[] = [];

/** Seconds, from what a cached answer takes to what somebody gives up on. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts up from the start of the process; its name ends in `_total`. */
export function counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label> {
  declare('counter', name, help, labels);
  return new Counter({ name, help, labelNames: labels, registers: [registry] });
}

/** How something is at the moment. @param collect called before it is read. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labels: readonly Label[],
  collect?: (gauge: Gauge<Label>) => void | Promise<void>,
): Gauge<Label> {
  declare('gauge', name, help, labels);
  return new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    ...(collect && {
      collect() {
        return collect(this);
      },
    }),
  });
}

/** How long things take; its name ends in `_seconds`. */
export function durations<Label extends string>(
  name: string,
  help: string,
  labels: readonly Label[],
): Histogram<Label> {
  declare('histogram', name, help, labels);
  return new Histogram({ name, help, labelNames: labels, buckets: SECONDS, registers: [registry] });
}

/** Node's own besides: memory, event loop, garbage collection. */
export function measureProcess(): void {
  collectDefaultMetrics({ register: registry });
}

/** Everything as Prometheus reads it. */
export function exposedMetrics(): Promise<string> {
  return registry.metrics();
}

/** The type of what `exposedMetrics` answers. */
export const METRICS_TYPE = registry.contentType;

/** What has been declared so far, by name. */
export function declaredMetrics(): MetricDescription[] {
  return declared.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Seconds since a `performance.now()`. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}

function declare(type: MetricDescription['type'], name: string, help: string, labels: readonly string[]): void {
  declared.push({ name, type, help, labels });
}
