import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ToSatisfaction } from '#commands/handlers/satisfaction.handler.js';
import type { Answer } from '#contracts/satisfaction.events.js';
import type { SatisfactionCommand } from '#domain/satisfaction/commands.js';
import { addressOf, answerCreated, parseCommand } from '../http/command-request.js';
import type { Exchange } from '../http/exchange.js';

/** Sends what a request answers to the survey that it names. */
@Injectable()
export class SurveyAnswers {
  constructor(private readonly bus: CommandBus) {}

  /**
   * @param address of the customer; undefined where the path names none.
   * @param type declares the body.
   */
  async record<Data extends Answer>(
    address: string | undefined,
    { request, reply }: Exchange,
    type: new () => Data,
    toCommand: (data: Data) => SatisfactionCommand,
  ): Promise<object> {
    const fromPath: Partial<Answer> = address === undefined ? {} : { customerId: addressOf('customer', address) };
    const { data, meta } = parseCommand(type, request, fromPath as Partial<Data>);
    const outcome = await this.bus.execute(new ToSatisfaction(toCommand(data), meta));
    return answerCreated(reply, outcome, `/surveys/${outcome.id}`);
  }
}
