import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable, SetMetadata } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OPERATION, type OperationInfo } from '../http/operation.js';
import { Authentication, NotAuthenticated } from './authentication.js';
import type { Credential } from './credential.js';
import { RateLimit } from './rate-limit.js';

export const PUBLIC = 'rapport:public';

/** Answers without a credential: health, and what describes the API. For a whole controller. */
export const Public = () => SetMetadata(PUBLIC, true);

const credentialOf = new WeakMap<FastifyRequest, Credential>();

/** Who sent the request. */
export function senderOf(request: FastifyRequest): Credential {
  return credentialOf.get(request)!;
}

/**
 * Lets in who brings a valid credential of a role that the operation names. A route that names none is closed to
 * everybody, so that one that was forgotten does no harm.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authentication: Authentication,
    private readonly rateLimit: RateLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (Reflect.getMetadata(PUBLIC, context.getClass())) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const credential = await this.authenticated(request, http.getResponse<FastifyReply>());
    this.rateLimit.take(credential.id);
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationInfo | undefined;
    const roles = operation?.roles ?? [];
    if (!roles.includes(credential.role)) {
      throw new ForbiddenException(
        `A credential of role ${credential.role} may not do this; ${roles.join(', ') || 'nobody'} may.`,
      );
    }
    credentialOf.set(request, credential);
    return true;
  }

  private async authenticated(request: FastifyRequest, reply: FastifyReply): Promise<Credential> {
    try {
      return await this.authentication.authenticate(request.headers);
    } catch (error) {
      if (!(error instanceof NotAuthenticated)) throw error;
      // Who guesses keys is counted by where they sit.
      this.rateLimit.take(`address ${request.ip}`);
      reply.header('www-authenticate', error.challenge);
      throw error;
    }
  }
}
