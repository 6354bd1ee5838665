import * as path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

export const projectRoot = path.join(import.meta.dirname, '..');

/**
 * The code of `lambdas/<name>/handler.ts` in one minified file, SDK included, so that what runs is what was tested.
 * Why not NodejsFunction: docs/decisions/0013.
 */
export function bundle(name: string): Code {
  const directory = path.join(projectRoot, 'lambdas', name);
  return Code.fromAsset(directory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDir) {
          buildSync({
            entryPoints: [path.join(directory, 'handler.ts')],
            outfile: path.join(outputDir, 'handler.mjs'),
            bundle: true,
            minify: true,
            format: 'esm',
            platform: 'node',
            target: 'node24',
            mainFields: ['module', 'main'],
            logLevel: 'warning',
          });
          return true;
        },
      },
    },
  });
}
