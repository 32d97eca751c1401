import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { BuildFailure, Message, Plugin } from 'esbuild';
import { CliError, exitCode } from '../exit.js';
import { SourceLines, shownPath } from './source-lines.js';

/** An analyst's file with everything that it imports, ready to run. */
export interface Bundle {
  code: string;
  lines: SourceLines;
}

/** What of Node.js neither reaches beyond the process nor differs from run to run. */
const HARMLESS = ['assert', 'assert/strict', 'buffer', 'path', 'querystring', 'string_decoder', 'url', 'util'];
export const MODULES = HARMLESS.flatMap((name) => [name, `node:${name}`]);

/**
 * Bundles a TypeScript file. Nothing of it runs here.
 * @throws CliError (exit code 2) naming file and line of what is wrong.
 */
export async function bundle(file: string): Promise<Bundle> {
  // Only here: loading it takes longer than most commands run.
  const { build } = await import('esbuild');
  const path = resolve(file);
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      outfile: join(dirname(path), 'bundle.js'),
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [onlyHarmless],
    });
    const [map, code] = [outputFiles.find(isMap)!, outputFiles.find((output) => !isMap(output))!];
    return { code: code.text, lines: new SourceLines(map.text, dirname(path)) };
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors;
    if (errors === undefined || errors.length === 0) throw error;
    const [first, ...others] = errors.map(textOf);
    throw new CliError(first!, exitCode.usage, others);
  }
}

const isMap = ({ path }: { path: string }) => path.endsWith('.map');

const onlyHarmless: Plugin = {
  name: 'only-harmless',
  setup(build) {
    // Nothing but types.
    build.onResolve({ filter: /^rapport\/replay$/ }, () => ({ path: 'rapport/replay', namespace: 'types' }));
    build.onLoad({ filter: /.*/, namespace: 'types' }, () => ({ contents: '' }));
    build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
      const name = path.replace(/^node:/, '');
      if (HARMLESS.includes(name)) return { path, external: true };
      if (!builtinModules.includes(name) && name === path) return undefined;
      return { errors: [{ text: `A projection may not use the module ${path}: it has events, and nothing else.` }] };
    });
  },
};

function textOf({ text, location }: Message): string {
  if (location === null) return text;
  // esbuild tells paths from the working directory on.
  return `${shownPath(resolve(location.file))}:${location.line}:${location.column + 1}: ${text}`;
}
