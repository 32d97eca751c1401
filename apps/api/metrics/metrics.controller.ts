import { Controller, Get, Header } from '@nestjs/common';
import { exposedMetrics, METRICS_TYPE } from '#platform/telemetry/metrics.js';
import { WATCHERS } from '../auth/roles.js';
import { Operation } from '../http/operation.js';

/** Metrics of this process. Those of the processors are the worker's own. */
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', METRICS_TYPE)
  @Operation({
    summary: 'What this process counts and measures, for Prometheus',
    roles: WATCHERS,
    responses: { 200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
  })
  metrics(): Promise<string> {
    return exposedMetrics();
  }
}
