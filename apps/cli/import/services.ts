import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { Command } from 'commander';
import { CommandsModule } from '#commands/commands.module.js';
import { Customers } from '#commands/customers.js';
import { systemClock } from '#platform/clock.js';
import { CheckpointWatch } from '#processing/checkpoint-watch.js';
import { openSystem } from '../connected.js';
import { type Context, contextOf } from '../context.js';
import { connectionsFor } from '../running.js';
import { CommandBusTarget } from './command-bus-target.js';
import type { ImportConnection, ImportServices } from './import-file.js';
import { settle } from './settling.js';

/** What `rapport import` needs of the rest of the application. */
export function importServices(command: Command): ImportServices {
  const context = contextOf(command);
  return {
    connect: () => connect(context),
    businessDate: () => systemClock(connectionsFor(context).businessDate).businessDate(),
    clock: { milliseconds: () => performance.now(), sleep: async (ms) => void (await sleep(ms)) },
    output: context.output,
  };
}

async function connect(context: Context): Promise<ImportConnection> {
  // It gives way to those who serve on this machine, and to the worker, which has more to do with each row than this.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const system = await openSystem(context);
  const watch = new CheckpointWatch(system.databaseUrl);
  const close = async () => {
    await watch.close();
    await system.close();
  };
  try {
    await watch.start();
    const nest = await NestFactory.createApplicationContext(
      CommandsModule.with(system.store, systemClock(system.businessDate)),
      { logger: false },
    );
    return {
      target: new CommandBusTarget(nest.get(CommandBus), nest.get(Customers)),
      wait: (position, onProgress) => settle(system.pool, watch, position, onProgress),
      close: async () => {
        await nest.close();
        await close();
      },
    };
  } catch (error) {
    // What stays open, and a watch that tries again, would keep the process from ending with its error.
    await close();
    throw error;
  }
}
