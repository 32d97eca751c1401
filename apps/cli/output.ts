/** Where the commands write: the only place of the CLI that touches the standard streams. */
export class Output {
  constructor(readonly json: boolean) {}

  /** For a person; left out with --json, where standard output holds the result alone. */
  info(line: string): void {
    if (!this.json) process.stdout.write(`${line}\n`);
  }

  /** What happens by the way, such as a restart: on standard error, so that a pipe holds results only. */
  notice(line: string): void {
    process.stderr.write(this.json ? `${JSON.stringify({ notice: line })}\n` : `${line}\n`);
  }

  /** The result: one JSON object with --json, else the lines for a person. */
  result(value: object, lines: readonly string[]): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
    else for (const line of lines) this.info(line);
  }

  /** What went wrong, in one line on standard error, as one JSON object with --json. Details follow it. */
  error(message: string, details: readonly string[] = []): void {
    const line = message.trim().replace(/\s*\n\s*/g, ' ');
    if (this.json) process.stderr.write(`${JSON.stringify({ error: line, ...(details.length > 0 && { details }) })}\n`);
    else process.stderr.write(`${[`error: ${line}`, ...details.map((detail) => `  ${detail}`)].join('\n')}\n`);
  }
}
