import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ServiceName, World } from '../types.ts';

/**
 * Writes the configuration of the `aws` command and of all SDKs for this start into the data folder, for nobody but its owner to read
 * ("Configuration and credential file settings in the AWS CLI", "Service-specific endpoints"). Returns the file.
 */
export async function writeAwsConfig(services: readonly ServiceName[], world: World): Promise<string> {
  const { accessKeyId, secretAccessKey } = world.credentials;
  const lines = [
    '[profile local]',
    `region = ${world.region}`,
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    // A service that isn't named below must not be called on AWS.
    `endpoint_url = ${await world.endpoint('LAMBDA')}`,
    'services = local',
    '',
    '[services local]',
  ];
  for (const service of services)
    lines.push(`${service.toLowerCase()} =`, `  endpoint_url = ${await world.endpoint(service)}`);
  const file = path.join(world.dataDir, 'aws-config');
  // The mode counts for a new file only.
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
