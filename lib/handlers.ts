import { globSync } from 'node:fs';
import * as path from 'node:path';
import { type BuildOptions, buildSync, type OutputFile } from 'esbuild';

export const projectRoot = path.join(import.meta.dirname, '..');
export const lambdas = path.join(projectRoot, 'lambdas');

/**
 * The packages that esbuild can't bundle: sharp has machine code, and file-type loads modules dynamically. They are copied
 * beside the function.
 */
export const unbundled = ['sharp', 'file-type'];

/**
 * The options of esbuild, which makes one minified file of each `lambdas/<name>/handler.ts`. The files include the AWS SDK, so
 * that functions run with the version that was tested.
 */
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
    // Bundled CommonJS packages load the modules of Node with `require`, which ES modules don't have.
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  }) satisfies BuildOptions;

/** The code of each function, by the name of its folder below `lambdas/`. */
export function codeByName(outputFiles: readonly OutputFile[]): Map<string, Uint8Array> {
  return new Map(outputFiles.map((file) => [path.basename(path.dirname(file.path)), file.contents]));
}

/** Bundles all functions, and returns their code by name. */
export const buildHandlers = (): Map<string, Uint8Array> => codeByName(buildSync(handlerOptions()).outputFiles);
