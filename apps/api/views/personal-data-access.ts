import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PersonalDataCipher } from '#event-store/personal-data-cipher.js';
import type { Opener } from '#read-models/history/history-event.js';
import { senderOf } from '../auth/auth.guard.js';
import { READERS } from '../auth/roles.js';

/** Who may see personal data, and what opens them. */
@Injectable()
export class PersonalDataAccess {
  constructor(private readonly cipher: PersonalDataCipher) {}

  isGiven(request: FastifyRequest): boolean {
    return READERS.includes(senderOf(request).role);
  }

  /** undefined for a sender who may not see what is personal: it is left out then. */
  openerFor(request: FastifyRequest): Opener | undefined {
    return this.isGiven(request) ? this.cipher : undefined;
  }
}
