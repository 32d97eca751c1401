import '#apps/api/http/observed-requests.js';
import '#commands/command-telemetry.js';
import '#event-store/append-telemetry.js';
import '#platform/database/pool-metrics.js';
import '#processing/health/processor-activity.js';
import '#processing/health/processor-metrics.js';
import { table } from '#apps/api/auth/roles-table.js';
import { declaredMetrics, type MetricDescription } from '#platform/telemetry/metrics.js';

const INTRODUCTION = `# Metrics

Made from the code by \`npm run docs\`; a spec fails when it is not up to date. What to do with them is in
[monitoring.md](monitoring.md). A histogram has \`_bucket\`, \`_sum\` and \`_count\`. Node's own come besides: \`process_…\` and
\`nodejs_…\`. Labels have few values: \`route\` is a template, never a path; nothing names a customer.
`;

/** Every metric of Rapport's own, of all processes. */
export function allMetrics(): MetricDescription[] {
  return declaredMetrics();
}

/** `docs/metrics.md`: a row for each. */
export function metricsPage(): string {
  const rows = allMetrics().map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    toldBy(name),
    help,
  ]);
  return `${INTRODUCTION}\n${table([['metric', '', 'labels', 'of', ''], ...rows])}\n`;
}

function toldBy(name: string): string {
  if (name.startsWith('rapport_http_')) return 'API';
  return /^rapport_(processor|publisher)_|_head_position$/.test(name) ? 'worker' : 'both';
}
