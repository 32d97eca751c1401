/** A setting breaks its rule. The message is one line that names the variable, its value (secrets masked) and the rule. */
export class SettingsError extends Error {
  constructor(
    readonly variable: string,
    /** The value as it may be shown, or undefined where the variable is not set. */
    readonly shown: string | undefined,
    readonly rule: string,
  ) {
    super(`${variable} ${shown === undefined ? 'is not set' : `is ${JSON.stringify(shown)}`}: ${rule}`);
    this.name = 'SettingsError';
  }
}

/** An environment: what `process.env` is. Empty counts as not set, as compose files write it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The parsed value, or undefined when the text breaks the rule. */
export interface Rule<T> {
  rule: string;
  secret?: boolean;
  parse(text: string): T | undefined;
}

export const webUrl: Rule<string> = {
  rule: 'must be https://HOST/PATH (or http://).',
  parse: (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined),
};

export const flag: Rule<boolean> = {
  rule: 'must be 1 or 0.',
  parse: (text) => (text === '1' ? true : text === '0' ? false : undefined),
};

/** @throws SettingsError when the variable is set to what breaks the rule. */
export function read<T>(env: Environment, variable: string, { rule, secret, parse }: Rule<T>): T | undefined {
  const text = env[variable];
  if (text === undefined || text === '') return undefined;
  const value = parse(text);
  if (value === undefined) throw new SettingsError(variable, secret ? '***' : maskPassword(text), rule);
  return value;
}

export function optional<Key extends string, T>(key: Key, value: T | undefined): { [K in Key]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: T });
}

export function isPort(text: string, least: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535;
}

/**
 * The text with the password of a URL masked: what may be shown of a connection setting. It goes by the text, not by
 * the parsed URL, because a URL that does not parse has a password too.
 */
export function maskPassword(text: string): string {
  return text.replace(/(:\/\/[^:@/?#]*:).*@/s, '$1***@').replace(/([?&]password=)[^&]*/gi, '$1***');
}
