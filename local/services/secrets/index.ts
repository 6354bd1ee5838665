import { join } from 'node:path';
import * as z from 'zod/mini';
import { physicalName } from '../../assembly/skipped.ts';
import { handle } from '../../handle.ts';
import type { World } from '../../types.ts';
import { callService } from '../call.ts';
import { unless } from '../error.ts';
import type { HttpService } from '../http-service.ts';
import { serveJsonApi } from '../json-api.ts';
import { secretsManager } from './manager.ts';
import { passwordRules, randomPassword } from './password.ts';

export function startSecretsManager(world: World): Promise<HttpService> {
  const arnPrefix = `arn:aws:secretsmanager:${world.region}:${world.account}:secret:`;
  const operations = secretsManager(join(world.dataDir, 'secrets.json'), arnPrefix, world.whenKeeping);
  return serveJsonApi('SECRETS_MANAGER', operations, world);
}

const text = z.optional(z.string());
const properties = z.object({
  Description: text,
  SecretString: text,
  GenerateSecretString: z.optional(z.extend(passwordRules, { SecretStringTemplate: text, GenerateStringKey: text })),
});

/** Handles secrets. A secret gets its value from the template when it is created; after that only the app changes it. */
export const secrets = handle('AWS::SecretsManager::Secret', properties, async (secret, world, resource) => {
  const Name = physicalName(resource);
  const SecretString = secret.SecretString ?? generate(secret.GenerateSecretString);
  const given = { Name, Description: secret.Description, SecretString };
  await callService(world, 'secretsmanager.CreateSecret', given).catch(unless('ResourceExistsException'));
  const { ARN } = described.parse(await callService(world, 'secretsmanager.DescribeSecret', { SecretId: Name }));
  return { ref: ARN, attributes: { Id: ARN } };
});

const described = z.object({ ARN: z.string() });

function generate(rules: z.infer<typeof properties>['GenerateSecretString']): string | undefined {
  if (!rules) return undefined;
  const password = randomPassword(rules);
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...JSON.parse(template), [key]: password });
}
