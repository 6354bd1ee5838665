import * as fs from 'node:fs';
import * as path from 'node:path';
import type { World } from '../types.ts';

/**
 * Writes how the `aws` command and all SDKs reach this start into the data folder, for nobody but its owner to read: as a configuration
 * with the profile `local` ("Configuration and credential file settings in the AWS CLI"), and as variables of the environment
 * (`endpoints.env`). Returns the two files.
 */
export function writeAwsConfig(endpoint: string, world: World): { config: string; variables: string } {
  const { accessKeyId, secretAccessKey } = world.credentials;
  const settings = {
    region: world.region,
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    endpoint_url: endpoint,
  };
  const variables = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_ENDPOINT_URL: endpoint,
  };
  const write = (name: string, lines: readonly string[]) => {
    const file = path.join(world.dataDir, name);
    // The mode counts for a new file only.
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return file;
  };
  return {
    config: write('aws-config', [
      '[profile local]',
      ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
    ]),
    variables: write(
      'endpoints.env',
      Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ),
  };
}
