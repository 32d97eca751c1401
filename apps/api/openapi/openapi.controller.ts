import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { Public } from '../auth/auth.guard.js';
import { type Exchange, Http } from '../http/exchange.js';
import { explorerPage } from './explorer-page.js';

/** The document, made once at the start. */
export const OPENAPI_DOCUMENT = Symbol('OpenApiDocument');

const require = createRequire(import.meta.url);
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};

/** The contract of the API, for programs and for people. */
@Public()
@Controller()
export class OpenApiController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: object) {}

  @Get('openapi.json')
  json() {
    return this.document;
  }

  @Get('explorer')
  page(@Http() { reply }: Exchange) {
    reply.type('text/html; charset=utf-8');
    return explorerPage;
  }

  @Get('explorer/:asset')
  async asset(@Param('asset') asset: string, @Http() { reply }: Exchange) {
    const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (type === undefined) throw new NotFoundException(`The explorer has no ${asset}.`);
    reply.type(type).header('cache-control', 'max-age=86400');
    return readFile(require.resolve(`swagger-ui-dist/${asset}`));
  }
}
