import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { AssetHashType, DockerImage, FileSystem } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { projectRoot } from './handlers.ts';

/** The files and folders that the built page depends on. */
const inputs = ['web', 'client', 'protocol', 'package-lock.json'];

/** The page as an asset. Vite builds it, unless an asset from the same inputs exists in the output folder. */
export function page(scope: Construct, id: string): Asset {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(FileSystem.fingerprint(path.join(projectRoot, input)));
  return new Asset(scope, id, {
    path: path.join(projectRoot, 'web'),
    assetHashType: AssetHashType.CUSTOM,
    assetHash: hash.digest('hex'),
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDir) {
          const vite = path.join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
          execFileSync(process.execPath, [vite, 'build', 'web', '--outDir', outputDir, '--logLevel', 'warn'], {
            cwd: projectRoot,
            // A test sets another one, but has to see what is deployed.
            env: { ...process.env, NODE_ENV: 'production' },
            stdio: ['ignore', process.stderr, process.stderr],
          });
          return true;
        },
      },
    },
  });
}
