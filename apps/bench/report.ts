/** One thing that was measured, beside what it is measured against. */
export interface Measurement {
  what: string;
  /** As it is told: `1,234/s`, `p99 12 ms`. */
  figure: string;
  reference?: string;
  ratio?: number;
  /** Left out with `reached`: it stands there for comparison. */
  aim?: string;
  reached?: boolean;
}

/** A table for people; the same as JSON lines for programs. */
export function report(measurements: readonly Measurement[], asJson: boolean): string {
  if (asJson) return measurements.map((measurement) => `${JSON.stringify(measurement)}\n`).join('');
  const rows = measurements.map(({ what, figure, reference = '', ratio, aim = '', reached }) => {
    const told = reached === undefined ? '' : reached ? 'yes' : 'NO';
    return `| ${what} | ${figure} | ${reference} | ${ratio?.toFixed(2) ?? ''} | ${aim} | ${told} |`;
  });
  return `${['| what | figure | reference | ratio | aim | reached |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** A rate against the rate of a reference in the same run, of which it should be so much. */
export function ratioOf(
  what: string,
  rate: number,
  reference: string,
  referenceRate: number,
  least?: number,
): Measurement {
  const ratio = rate / referenceRate;
  return {
    what,
    figure: perSecond(rate),
    reference: `${reference}: ${perSecond(referenceRate)}`,
    ratio,
    ...(least !== undefined && { aim: `≥ ${least}`, reached: ratio >= least }),
  };
}

/** A 99th percentile against the most that it may be. */
export function p99Of(what: string, ms: number, most: number): Measurement {
  return { what, figure: `p99 ${ms.toFixed(1)} ms`, aim: `< ${most} ms`, reached: ms < most };
}
