import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '#platform/setting.js';
import { readSettings } from '#platform/settings.js';
import { CliError, exitCode } from '../exit.js';
import { readIfThere, writePrivateFile } from '../private-file.js';

/** The development API key of a data folder: made once, kept in `api-key`. */
export function developmentApiKey(data: string): string {
  return keyFile(join(data, 'api-key'), 'RAPPORT_API_KEY', () => `rapport_${randomBytes(24).toString('base64url')}`);
}

/**
 * The key that wraps the keys of personal data: made once, kept in `master-key`. Whoever loses it loses the personal
 * data in the event store.
 */
export function masterKey(data: string): string {
  return keyFile(join(data, 'master-key'), 'RAPPORT_MASTER_KEY', () => randomBytes(32).toString('base64'));
}

function keyFile(path: string, variable: string, make: () => string): string {
  const kept = readIfThere(path)?.trim();
  if (kept === undefined) {
    const key = make();
    writePrivateFile(path, `${key}\n`);
    return key;
  }
  chmodSync(path, 0o600);
  try {
    if (kept === '') throw new SettingsError(variable, undefined, 'the file is empty.');
    readSettings({ [variable]: kept });
    return kept;
  } catch (error) {
    // Never replaced: what was encrypted under the key that stood there would be lost for good.
    if (error instanceof SettingsError)
      throw new CliError(`${path} holds no usable key: ${error.rule} Restore it from a backup.`, exitCode.usage);
    throw error;
  }
}
