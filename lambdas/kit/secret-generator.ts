import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { type SecretStore, secretsManager } from '#adapters/secrets/store.ts';
import { customResource } from './custom-resource.ts';

/** The secret that a generator wants to be stored. */
export interface Generated {
  /** The secret's text. It is the stored text if nothing has to change. */
  readonly text: string;
  /** The attributes of the custom resource, which are the public parts of the secret. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Generates a secret from the stored text, which is undefined at first, and the properties of the custom resource. */
export type Generate = (kept: string | undefined, properties: unknown) => Generated;

type Request = Pick<CloudFormationCustomResourceEvent, 'RequestType' | 'RequestId' | 'ResourceProperties'>;

const Properties = z.object({ SecretArn: z.string() });

/** Writes the secret if its text changes, and returns the attributes. Nothing happens when the custom resource is deleted. */
export async function fillSecret(
  { RequestType, RequestId, ResourceProperties }: Request,
  store: SecretStore,
  generate: Generate,
): Promise<Generated['attributes']> {
  if (RequestType === 'Delete') return {};
  const { SecretArn } = Properties.parse(ResourceProperties);
  const kept = await store.read(SecretArn);
  const { text, attributes } = generate(kept, ResourceProperties);
  if (text !== kept) await store.write(SecretArn, text, RequestId);
  return attributes;
}

/** The handler of a custom resource that generates a secret (lib/constructs/generated-secret.ts). */
export function secretGenerator(name: string, generate: Generate) {
  const store = secretsManager();
  return customResource(name, (event) => fillSecret(event, store, generate));
}
