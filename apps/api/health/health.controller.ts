import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.guard.js';
import { API_ROLES } from '../auth/roles.js';
import { Operation } from '../http/operation.js';
import { Readiness, readinessSchema } from './readiness.js';

@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

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
