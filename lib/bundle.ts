import { globSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { copyPackages, unbundled } from './packages.ts';

export const projectRoot = path.join(import.meta.dirname, '..');
const lambdas = path.join(projectRoot, 'lambdas');

/** Every `lambdas/<name>/handler.ts` by its name, each in one minified file, SDK included: what runs is what was tested. */
export function buildHandlers(): Map<string, Uint8Array> {
  const { outputFiles } = buildSync({
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
  });
  return new Map(outputFiles.map((file) => [path.basename(path.dirname(file.path)), file.contents]));
}

let handlers: Map<string, Uint8Array> | undefined;

/**
 * The code of a function, with `packages` beside it. All are built at the first call that needs one; why not NodejsFunction:
 * docs/decisions/0013.
 */
export function bundle(name: string, packages: readonly string[] = []): Code {
  return Code.fromAsset(path.join(lambdas, name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDir) {
          handlers ??= buildHandlers();
          const code = handlers.get(name);
          if (!code) throw new Error(`There is no lambdas/${name}/handler.ts`);
          writeFileSync(path.join(outputDir, 'handler.mjs'), code);
          copyPackages(packages, path.join(projectRoot, 'node_modules'), outputDir);
          return true;
        },
      },
    },
  });
}
