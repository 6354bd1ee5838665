import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { type ParameterStore, parameterStore } from '#adapters/secrets/parameters.ts';
import { type SecretStore, secretsManager } from '#adapters/secrets/store.ts';
import { customResource } from './custom-resource.ts';
import type { Generate, Generated } from './secret-generator.ts';

/** Where keys are, and where those of a deployment before November 2026 were. */
interface Stores {
  readonly parameters: ParameterStore;
  readonly secrets: Pick<SecretStore, 'read'>;
}

const Properties = z.object({ ParameterName: z.string() });
const FormerProperties = z.object({ SecretArn: z.optional(z.string()) });

/**
 * Creates the parameter if there is none, with the key that was in a secret before, if there was one (decision 0174). It is never
 * written again. When the custom resource is deleted, so is the parameter. Returns the attributes.
 */
export async function keepKey(
  event: CloudFormationCustomResourceEvent,
  { parameters, secrets }: Stores,
  generate: Generate,
): Promise<Generated['attributes']> {
  const { ParameterName } = Properties.parse(event.ResourceProperties);
  if (event.RequestType === 'Delete') {
    await parameters.remove(ParameterName);
    return {};
  }
  const kept = await parameters.read(ParameterName);
  if (kept !== undefined) return generate(kept, {}).attributes;
  const former = FormerProperties.parse('OldResourceProperties' in event ? event.OldResourceProperties : {}).SecretArn;
  const { text, attributes } = generate(former && (await secrets.read(former)), {});
  if (await parameters.create(ParameterName, text)) return attributes;
  // Somebody else was faster, or a try of this one that got no answer.
  return generate(await parameters.read(ParameterName), {}).attributes;
}

/** The handler of a custom resource that generates a key once (lib/constructs/generated-key.ts). */
export function keyGenerator(name: string, generate: Generate) {
  const stores = { parameters: parameterStore(), secrets: secretsManager() };
  return customResource(name, (event) => keepKey(event, stores, generate));
}
