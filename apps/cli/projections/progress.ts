import { type Options, SingleBar } from 'cli-progress';
import type { RebuildProgress } from '#processing/rebuild/rebuild.js';

/** Shows how far a rebuild is. */
export interface RebuildShown {
  tell(progress: RebuildProgress): void;
  end(): void;
}

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 2_000;
/** Of the bar: shares are fractions. */
const TOTAL = 1_000;

/** A bar on a terminal, a line every few seconds elsewhere, an object a line with --json. */
export function progressOn(
  stream: NodeJS.WriteStream,
  asJson: boolean,
  milliseconds: () => number = () => performance.now(),
): RebuildShown {
  const pace = new Pace(milliseconds());
  if (stream.isTTY && !asJson) return new Bar(stream, pace, milliseconds);
  return new Lines(stream, asJson, pace, milliseconds);
}

/** Rate and time left, from the beginning on. */
export class Pace {
  constructor(private readonly start: number) {}

  of({ events, share }: RebuildProgress, now: number): { eventsPerSecond: number; secondsLeft: number | undefined } {
    const seconds = (now - this.start) / 1000;
    return {
      eventsPerSecond: seconds > 0 ? Math.round(events / seconds) : 0,
      secondsLeft: share > 0 ? Math.ceil((seconds / share) * (1 - share)) : undefined,
    };
  }

  text(progress: RebuildProgress, now: number): string {
    const events = `${progress.events.toLocaleString('en')} events`;
    const { eventsPerSecond, secondsLeft } = this.of(progress, now);
    const left = secondsLeft === undefined || progress.share === 1 ? '' : `, ${secondsLeft} s left`;
    if (progress.phase !== 'reading') return `${events} read, ${progress.phase}${left}`;
    return `${events}, ${eventsPerSecond.toLocaleString('en')}/s${left}`;
  }
}

class Bar implements RebuildShown {
  private readonly bar: SingleBar;
  private last = 0;

  constructor(
    stream: NodeJS.WriteStream,
    private readonly pace: Pace,
    private readonly milliseconds: () => number,
  ) {
    const options: Options = {
      stream,
      format: '{bar} {percentage} %  {text}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      fps: 10,
      // The cursor of a killed rebuild would stay hidden.
      hideCursor: false,
    };
    this.bar = new SingleBar(options);
    this.bar.start(TOTAL, 0, { text: '' });
  }

  tell(progress: RebuildProgress): void {
    const now = this.milliseconds();
    if (progress.share < 1 && now - this.last < BAR_EVERY_MS) return;
    this.last = now;
    this.bar.update(Math.floor(progress.share * TOTAL), { text: this.pace.text(progress, now) });
  }

  end(): void {
    this.bar.stop();
  }
}

class Lines implements RebuildShown {
  private last: number;
  private phase = '';

  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly asJson: boolean,
    private readonly pace: Pace,
    private readonly milliseconds: () => number,
  ) {
    this.last = milliseconds();
  }

  tell(progress: RebuildProgress): void {
    const now = this.milliseconds();
    // A short rebuild needs no line for the reading; each further step is told when it begins.
    const isDue = now - this.last >= LINE_EVERY_MS || (this.phase !== '' && this.phase !== progress.phase);
    this.phase = progress.phase;
    if (!isDue) return;
    this.last = now;
    const line = this.asJson
      ? JSON.stringify({ progress: { ...progress, ...this.pace.of(progress, now) } })
      : `${Math.floor(progress.share * 100)} %: ${this.pace.text(progress, now)}`;
    this.stream.write(`${line}\n`);
  }

  end(): void {}
}
