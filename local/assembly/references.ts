import * as z from 'zod/mini';
import { isObject } from '../parse.ts';
import { callService } from '../services/call.ts';
import { StackError, type World } from '../types.ts';
import { ssmValue } from './parameters.ts';

const REFERENCE = /\{\{resolve:([\w-]+):([^}]*)\}\}/g;
/** The parts of a reference: the secret, `SecretString`, a JSON key, a version stage and a version id. */
const SECRET = /^((?:arn:(?:[^:]*:){5})?[^:]+)(?::SecretString)?(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;
const SecretValue = z.object({ SecretString: z.string() });

/** Returns `value` with every `{{resolve:…}}` in it replaced, of a secret or a parameter. Source: AWS, "Using dynamic references" (CloudFormation). */
export async function resolveReferences(value: unknown, world: World): Promise<unknown> {
  if (typeof value === 'string') return value.includes('{{resolve:') ? resolveText(value, world) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveReferences(item, world)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await resolveReferences(item, world)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string, world: World): Promise<string> {
  const values = await Promise.all(
    [...text.matchAll(REFERENCE)].map(([, service = '', argument = '']) => {
      if (service === 'ssm' || service === 'ssm-secure') return ssmValue(argument, world);
      if (service !== 'secretsmanager')
        throw new StackError(`The dynamic reference {{resolve:${service}:…}} isn't supported.`);
      return secretValue(argument, world);
    }),
  );
  return text.replace(REFERENCE, () => values.shift() ?? '');
}

async function secretValue(argument: string, world: World): Promise<string> {
  const [, SecretId, key, VersionStage, VersionId] = SECRET.exec(argument) ?? [];
  const request = { SecretId, VersionStage: VersionStage || undefined, VersionId: VersionId || undefined };
  const response = await callService(world, 'secretsmanager.GetSecretValue', request).catch((error: Error) => {
    throw new StackError(`Can't resolve the secret ${SecretId}: ${error.message}`);
  });
  const { SecretString } = SecretValue.parse(response);
  if (!key) return SecretString;
  const value: unknown = JSON.parse(SecretString);
  if (!isObject(value) || value[key] === undefined) throw new StackError(`The secret ${SecretId} has no key ${key}.`);
  return String(value[key]);
}
