import { globSync } from 'node:fs';
import * as path from 'node:path';
import { type BuildOptions, buildSync, type OutputFile } from 'esbuild';

export const projectRoot = path.join(import.meta.dirname, '..');
export const lambdas = path.join(projectRoot, 'lambdas');

/** What esbuild can't bundle, machine code and what asks for modules as it runs: these come along as they are installed. */
export const unbundled = ['sharp', 'file-type'];

/** How esbuild makes a file of each `lambdas/<name>/handler.ts`, SDK included: what runs is what was tested. */
export const handlerOptions = () =>
  ({
    entryPoints: globSync(path.join(lambdas, '*', 'handler.ts')),
    outbase: lambdas,
    outdir: lambdas,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: unbundled,
    alias: { '@aws-sdk/credential-provider-node': path.join(lambdas, 'kit', 'credentials.ts') },
    // CommonJS packages ask for Node's own modules with `require`, which ES modules lack.
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  }) satisfies BuildOptions;

/** The code of each function, by its folder below `lambdas/`. */
export function codeByName(outputFiles: readonly OutputFile[]): Map<string, Uint8Array> {
  return new Map(outputFiles.map((file) => [path.basename(path.dirname(file.path)), file.contents]));
}

export const buildHandlers = (): Map<string, Uint8Array> => codeByName(buildSync(handlerOptions()).outputFiles);
