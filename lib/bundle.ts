import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildHandlers, lambdas, projectRoot } from './handlers.ts';
import { copyPackages } from './packages.ts';

let handlers: Map<string, Uint8Array> | undefined;

/**
 * The code of a function, with `packages` in its `node_modules`. The first call builds all functions. Decision 0013 says why this
 * isn't CDK's NodejsFunction. Throws if there is no such function.
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
