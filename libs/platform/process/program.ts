import { createLogger, type Logger } from '../logger.js';
import { SettingsError } from '../setting.js';
import { readSettings, type Settings } from '../settings.js';
import { exportTraces } from '../telemetry/exporting.js';

/** A long-running program: what it answers when it is up, and how it is stopped. */
export interface Running {
  ready: object;
  close(): Promise<void>;
}

const WRONG_SETTINGS = 2;

/**
 * Runs a program as a process: checks the settings, says one JSON line on standard output when it is up, and stops
 * cleanly on SIGTERM, SIGINT, or, when it is supervised, when the supervisor's end of standard input closes.
 */
export async function runProgram(
  name: string,
  start: (settings: Settings, logger: Logger) => Promise<Running>,
): Promise<void> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(WRONG_SETTINGS);
  }
  const logger = createLogger(name, settings.logLevel);
  try {
    const endTraces = settings.otlpEndpoint === undefined ? undefined : await exportTraces(name, logger);
    const running = await start(settings, logger);
    const close = () => running.close().finally(() => endTraces?.());
    stopOnRequest(close, settings.supervised, logger);
    process.stdout.write(`${JSON.stringify({ ready: true, ...running.ready })}\n`);
  } catch (error) {
    if (error instanceof SettingsError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(WRONG_SETTINGS);
    }
    logger.fatal({ err: error }, `${name} cannot start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

function stopOnRequest(close: Running['close'], supervised: boolean, logger: Logger): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'It did not stop cleanly.');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (supervised) process.stdin.on('end', stop).on('error', stop).resume();
}
