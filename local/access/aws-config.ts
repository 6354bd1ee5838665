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
  const { region } = world;
  const write = (name: string, content: string) => {
    const file = path.join(world.dataDir, name);
    // The mode counts for a new file only.
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const config = `[profile local]
region = ${region}
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
endpoint_url = ${endpoint}
`;
  const variables = `AWS_ACCESS_KEY_ID=${accessKeyId}
AWS_SECRET_ACCESS_KEY=${secretAccessKey}
AWS_REGION=${region}
AWS_DEFAULT_REGION=${region}
AWS_ENDPOINT_URL=${endpoint}
`;
  return { config: write('aws-config', config), variables: write('endpoints.env', variables) };
}
