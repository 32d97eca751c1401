import type { Route } from '../openapi/routes.js';
import { API_ROLES } from './roles.js';

const INTRODUCTION = `# Who may do what

Made from the code by \`npm run docs\`; a spec fails when it is not up to date. Everything that is not marked is a
403, and what needs no credential is not listed. What the roles see, and how a credential gets one, is in [api.md](api.md).
`;

/** `docs/roles.md`: operations × roles. */
export function rolesPage(routes: readonly Route[]): string {
  const header = ['operation', '', ...API_ROLES];
  const rows = routes
    .flatMap(({ method, path, operation, isPublic }) =>
      operation && !isPublic
        ? [
            [
              `\`${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}\``,
              operation.summary,
              ...API_ROLES.map((role) => (operation.roles.includes(role) ? 'yes' : '')),
            ],
          ]
        : [],
    )
    .sort(([a], [b]) => (pathIn(a!) < pathIn(b!) ? -1 : 1));
  return `${INTRODUCTION}\n${table([header, ...rows])}\n`;
}

function pathIn(operation: string): string {
  const [method, path] = operation.replaceAll('`', '').split(' ');
  return `${path} ${method}`;
}

/** A Markdown table with its columns aligned, as the formatter leaves it. */
export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [header, ...body] = rows;
  return [line(header!), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
