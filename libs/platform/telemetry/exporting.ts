import type { Logger } from '../logger.js';
import { ignoreTraces, recordTraces } from './tracing.js';

/** How long a program that ends waits for what it has not sent yet. */
const FLUSHED_WITHIN_MS = 3_000;

/**
 * Sends traces by OTLP over HTTP to where OTEL_EXPORTER_OTLP_ENDPOINT says; OpenTelemetry's other variables (headers,
 * sampling, resource) count too. What it takes is only loaded here, so that a system without traces pays nothing.
 * @returns ends it, with what waits sent.
 */
export async function exportTraces(service: string, logger: Logger): Promise<() => Promise<void>> {
  const [{ diag, DiagLogLevel }, { NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const warn = (message: string) => logger.warn(`Traces: ${message}`);
  const quiet = () => {};
  diag.setLogger({ error: warn, warn, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  // What the environment says of the service comes last, and counts.
  const named = resourceFromAttributes({ 'service.name': `rapport-${service}`, 'service.namespace': 'rapport' });
  const resource = defaultResource()
    .merge(named)
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  recordTraces();
  return async () => {
    ignoreTraces();
    const late = new Promise((resolve) => setTimeout(resolve, FLUSHED_WITHIN_MS).unref());
    await Promise.race([provider.shutdown().catch(() => {}), late]);
  };
}
