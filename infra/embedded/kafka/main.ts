import { runChildServer } from '../child-server.js';
import { KafkaServer } from './server.js';

/**
 * The embedded Kafka broker as a process of its own: `node main.js --data DIR --port N`. EMBEDDED_KAFKA_CONFIGS may
 * hold broker configurations as JSON, by Kafka's names.
 */
const report = (message: string) => process.stderr.write(`${message}\n`);

try {
  await runChildServer(({ data, port }) =>
    KafkaServer.start({
      data,
      port,
      configs: JSON.parse(process.env.EMBEDDED_KAFKA_CONFIGS ?? '{}') as Record<string, string>,
      report,
      onFailure: (error) => {
        report(
          `The broker stops: a write to its data folder failed (${error.message}). Is the disk full? Nothing that was acknowledged is lost.`,
        );
        process.exit(1);
      },
    }),
  );
} catch (error) {
  report((error as Error).message);
  process.exit(1);
}
