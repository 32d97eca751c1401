import { type Options, SingleBar } from 'cli-progress';

export interface ReadingProgress {
  /** Rows that are done. */
  rows: number;
  /** How far it has come in the file as it is on disk. */
  bytesDone: number;
  totalBytes: number;
}

/** Shows how far an import is. Cheap to call for every row. */
export interface Progress {
  update(progress: ReadingProgress): void;
  /** Everything is sent; what is waited for now. */
  waiting(text: string): void;
  end(): void;
}

/** For --json and for tests. */
export const noProgress: Progress = { update: () => {}, waiting: () => {}, end: () => {} };

/** How often a plain line is written, in milliseconds. */
const LINE_EVERY = 5_000;
const BAR_EVERY = 100;

/** A bar on a terminal, a line every few seconds elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, milliseconds: () => number, counted = 'rows'): Progress {
  return stream.isTTY ? new Bar(stream, milliseconds, counted) : new Lines(stream, milliseconds, counted);
}

/** Rate and time left, from the beginning on. */
export class Pace {
  constructor(
    private readonly start: number,
    private readonly counted = 'rows',
  ) {}

  text({ rows, bytesDone, totalBytes }: ReadingProgress, now: number): string {
    const seconds = (now - this.start) / 1000;
    const share = totalBytes === 0 ? 1 : Math.min(1, bytesDone / totalBytes);
    const rate = seconds > 0 ? Math.round(rows / seconds) : 0;
    const left = share > 0 ? Math.ceil((seconds / share) * (1 - share)) : undefined;
    const rest = left === undefined ? '' : `, ${duration(left)} left`;
    return `${rows.toLocaleString('en')} ${this.counted}, ${rate.toLocaleString('en')} ${this.counted}/s${rest}`;
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

class Bar implements Progress {
  private readonly bar: SingleBar;
  private readonly pace: Pace;
  private started = false;
  private last = 0;

  constructor(
    stream: NodeJS.WriteStream,
    private readonly milliseconds: () => number,
    counted: string,
  ) {
    const options: Options = {
      stream,
      format: '{bar} {percentage} %  {text}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      fps: 10,
      // The cursor of a killed import would stay hidden.
      hideCursor: false,
      clearOnComplete: false,
    };
    this.bar = new SingleBar(options);
    this.pace = new Pace(milliseconds(), counted);
  }

  update(progress: ReadingProgress): void {
    const now = this.milliseconds();
    if (this.started && now - this.last < BAR_EVERY && progress.bytesDone < progress.totalBytes) return;
    this.last = now;
    const text = this.pace.text(progress, now);
    if (!this.started) this.bar.start(progress.totalBytes, 0, { text });
    this.started = true;
    this.bar.update(progress.bytesDone, { text });
  }

  waiting(text: string): void {
    if (this.started) this.bar.update({ text });
  }

  end(): void {
    if (this.started) this.bar.stop();
  }
}

class Lines implements Progress {
  private readonly pace: Pace;
  private last: number;

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly milliseconds: () => number,
    counted: string,
  ) {
    this.last = milliseconds();
    this.pace = new Pace(this.last, counted);
  }

  update(progress: ReadingProgress): void {
    const now = this.milliseconds();
    if (now - this.last < LINE_EVERY) return;
    this.last = now;
    const percent = progress.totalBytes === 0 ? 100 : Math.floor((100 * progress.bytesDone) / progress.totalBytes);
    this.stream.write(`${percent} %: ${this.pace.text(progress, now)}\n`);
  }

  waiting(text: string): void {
    const now = this.milliseconds();
    if (now - this.last < LINE_EVERY) return;
    this.last = now;
    this.stream.write(`${text}\n`);
  }

  end(): void {}
}
