import type { Context } from '../context.js';
import { Ports } from '../up/ports.js';
import { builtPrograms } from '../up/programs.js';
import { runSession } from '../up/session.js';
import { type StandInName, type StandInPorts, startStandIns } from '../up/stand-ins.js';

/** Runs stand-ins alone until somebody asks to stop. */
export async function runEmbedded(
  context: Context,
  names: readonly StandInName[],
  given: StandInPorts,
  programs = builtPrograms,
): Promise<void> {
  const { output, env } = context;
  await runSession(context, 'embedded', async ({ supervisor, data, signal, announce }) => {
    const start = supervisor.stage();
    const ports = new Ports();
    const addresses = await startStandIns({ names, given, ports, programs, data, env, output, signal, start });
    announce({ ...addresses, api: null, worker: null, apiKey: null, businessDate: null });
    output.result(addresses, [
      ...(addresses.eventStore ? [`  EVENTSTORE_URL=${addresses.eventStore}`] : []),
      ...(addresses.kafka.length > 0 ? [`  KAFKA_BROKERS=${addresses.kafka.join(',')}`] : []),
      ...(addresses.database ? [`  DATABASE_URL=${addresses.database}`] : []),
      `Ready; data folder ${data}. Ctrl-C stops.`,
    ]);
  });
}
