import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Credential, Credentials } from './credentials.js';

export const PUBLIC = 'rapport:public';

/** Answers without a credential: for health alone. */
export const Public = () => SetMetadata(PUBLIC, true);

const credentialOf = new WeakMap<FastifyRequest, Credential>();

/** Who sent the request. */
export function senderOf(request: FastifyRequest): Credential {
  return credentialOf.get(request)!;
}

/** Lets in who brings a key: `Authorization: Bearer KEY` or `X-API-Key: KEY`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly credentials: Credentials,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean>(PUBLIC, context.getClass())) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = keyOf(request);
    const credential = key === undefined ? undefined : await this.credentials.find(key);
    if (credential === undefined) {
      throw new UnauthorizedException('Send a valid API key: `Authorization: Bearer KEY` or `X-API-Key: KEY`.');
    }
    credentialOf.set(request, credential);
    return true;
  }
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['x-api-key'];
  if (typeof given === 'string') return given;
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
