import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type Bundle, buildHandlers, lambdas, projectRoot, unbundled } from './handlers.ts';
import { lambdaPackages } from './lambda-packages.ts';
import { notices } from './notices.ts';
import { copyPackages } from './packages.ts';

let handlers: Map<string, Bundle> | undefined;

/** For which platform a function gets the packages that can't be bundled: that of Lambda, or this one for the local stack. */
type Packages = 'none' | 'lambda' | 'machine';

/**
 * The code of a function. The first call builds all functions. Decision 0013 says why this isn't CDK's NodejsFunction. Throws if
 * there is no such function, or if its packages can't be had.
 */
export function bundle(name: string, packages: Packages): Code {
  return Code.fromAsset(path.join(lambdas, name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDir) {
          handlers ??= buildHandlers();
          const bundled = handlers.get(name);
          if (!bundled) throw new Error(`There is no lambdas/${name}/handler.ts`);
          writeFileSync(path.join(outputDir, 'handler.mjs'), bundled.code);
          writeFileSync(path.join(outputDir, 'third-party-notices.txt'), notices(bundled.packages));
          if (packages === 'lambda') copyPackages(unbundled, lambdaPackages(unbundled), outputDir);
          if (packages === 'machine') copyPackages(unbundled, path.join(projectRoot, 'node_modules'), outputDir);
          return true;
        },
      },
    },
  });
}
