import { globSync } from 'node:fs';
import * as path from 'node:path';
import { type BuildOptions, buildSync, type OutputFile } from 'esbuild';
import { packageFolders } from './notices.ts';

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

export interface Bundle {
  readonly code: Uint8Array;
  /** The folders of the packages that are in it. */
  readonly packages: readonly string[];
}

/** Bundles all functions, and returns them by name. */
export function buildHandlers(): Map<string, Bundle> {
  const { outputFiles, metafile } = buildSync({ ...handlerOptions(), absWorkingDir: projectRoot, metafile: true });
  const packages = new Map(
    Object.entries(metafile.outputs).map(([file, { inputs }]) => {
      const files = Object.keys(inputs).map((input) => path.join(projectRoot, input));
      return [path.basename(path.dirname(file)), packageFolders(files)];
    }),
  );
  const codes = [...codeByName(outputFiles)];
  return new Map(codes.map(([name, code]) => [name, { code, packages: packages.get(name) ?? [] }]));
}
