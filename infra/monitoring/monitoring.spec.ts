import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allMetrics } from '#apps/docs/metrics-page.js';
import { HEALTH_STATES } from '#processing/health/processor-health.js';

const metrics = new Map(allMetrics().map((metric) => [metric.name, metric]));
const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');

/** Every metric that a text names, with the labels that it is asked by. */
function named(text: string): { name: string; labels: string[] }[] {
  return [...text.matchAll(/\b(rapport_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name, selector = '']) => ({
    name: name!.replace(/_(bucket|sum|count)$/, ''),
    labels: [...selector.matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label!),
  }));
}

const expressions = (text: string) => [...text.matchAll(/^\s*expr: (.*)$/gm)].map(([, expression]) => expression!);

describe.each(['alerts.yaml', 'dashboard.json'])('%s', (file) => {
  it('names metrics and labels that there are, and no other', () => {
    const asked = named(read(file));
    expect(asked.length).toBeGreaterThan(5);
    for (const { name, labels } of asked) {
      expect([name, metrics.has(name)]).toEqual([name, true]);
      expect(metrics.get(name)!.labels).toEqual(expect.arrayContaining(labels));
    }
  });

  it('asks for states that there are', () => {
    const states = [...read(file).matchAll(/\bstate\s*!?=~?\s*\\?"([^"\\]+)/g)].flatMap(([, text]) => text!.split('|'));
    for (const state of states) expect(HEALTH_STATES).toContain(state);
  });
});

it('the dashboard is JSON with a query in every panel', () => {
  const { panels } = JSON.parse(read('dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
  for (const { targets } of panels) expect(targets.map(({ expr }) => expr).join()).toContain('rapport_');
});

it('docs/monitoring.md says what to do about every alert, and of no other', () => {
  const told = [...read('../../docs/monitoring.md').matchAll(/^\| `(Rapport\w+)`/gm)].map(([, name]) => name);
  const alerts = [...read('alerts.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  expect(told.sort()).toEqual(alerts.sort());
  expect(expressions(read('alerts.yaml'))).toHaveLength(alerts.length);
});
