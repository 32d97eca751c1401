/** What a Prometheus would have read, by name and labels. */
export class ScrapedMetrics {
  private readonly samples: { name: string; labels: Record<string, string>; value: number }[] = [];

  /** @throws when a line is no sample, no comment and not empty. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (!parts) throw new Error(`This is no sample: ${line}`);
      const [, name, labels = '', value] = parts;
      const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, key, said]) => [key, said]);
      this.samples.push({ name: name!, labels: Object.fromEntries(pairs), value: Number(value) });
    }
  }

  get names(): Set<string> {
    return new Set(this.samples.map(({ name }) => name));
  }

  /** The sum of all samples of that name that have these labels; undefined when there is none. */
  value(name: string, labels: Record<string, string | number> = {}): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, said]) => sample.labels[key] === String(said)),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Every value of a label that occurs with that name. */
  labels(name: string, label: string): string[] {
    const said = this.samples.filter((sample) => sample.name === name).map(({ labels }) => labels[label]);
    return [...new Set(said.filter((value) => value !== undefined))].sort();
  }
}
