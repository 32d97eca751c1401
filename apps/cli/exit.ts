/** What the exit codes of every command mean. */
export const exitCode = {
  done: 0,
  /** Done, but some rows were refused (or, of a check, something was found). */
  refused: 1,
  /** Wrong usage or settings. */
  usage: 2,
  /** A server cannot be reached. */
  unreachable: 3,
  /** It took more time or memory than it may. */
  overLimit: 4,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The same, for the end of every command's help. */
export const exitCodeHelp = `
Exit codes:
  0  all done
  1  done, with some rows refused
  2  wrong usage or settings
  3  a server cannot be reached
  4  stopped at a limit of time or memory`;

/** An error that a user can act on: one line, no stack, and the exit code that belongs to it. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** More for the reader, such as the last lines of a log; shown below the message. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = 'CliError';
  }
}
