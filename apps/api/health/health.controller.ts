import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { processorsSchema, toHealthAnswer } from '#processing/health/health-answer.js';
import { ProcessorsReport } from '#processing/health/processors-report.js';
import { Public } from '../auth/auth.guard.js';
import { API_ROLES } from '../auth/roles.js';
import { Operation } from '../http/operation.js';
import { Readiness, readinessSchema, settle } from './readiness.js';

const healthSchema = {
  type: 'object',
  properties: { ready: { type: 'boolean' }, ...processorsSchema },
  required: ['ready', 'head', 'processors'],
};

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly processors: ProcessorsReport,
  ) {}

  @Get()
  @Operation({
    summary: 'How every processor is: position, lag, rate',
    roles: API_ROLES,
    answer: healthSchema,
    responses: {
      503: { description: 'A server is away', content: { 'application/json': { schema: readinessSchema } } },
    },
  })
  async health(@Res({ passthrough: true }) reply: FastifyReply) {
    const [readiness, health] = await Promise.all([this.readiness.report(), settle(this.processors.health())]);
    if ('value' in health) return { ready: readiness.ready, ...toHealthAnswer(health.value) };
    reply.status(503).header('retry-after', '1');
    return readiness;
  }

  @Get('live')
  @Operation({
    summary: 'Whether the process runs',
    roles: API_ROLES,
    answer: { type: 'object', properties: { live: { const: true } }, required: ['live'] },
  })
  live() {
    return { live: true };
  }

  @Get('ready')
  @Operation({
    summary: 'Whether requests can be served',
    roles: API_ROLES,
    answer: readinessSchema,
    responses: { 503: { description: 'Not ready', content: { 'application/json': { schema: readinessSchema } } } },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.readiness.report();
    reply.status(report.ready ? 200 : 503);
    if (!report.ready) reply.header('retry-after', '1');
    return report;
  }
}
