import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { type SecretStore, secretsManager } from '#adapters/secrets/store.ts';
import { customResource } from './custom-resource.ts';

/** What a secret comes to. */
export interface Generated {
  /** The secret's text; the one that is kept, where nothing is to change. */
  readonly text: string;
  /** The attributes of the custom resource: what others may know of the secret. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Says what a secret is to be, from the text that is kept (none at first) and the custom resource's properties. */
export type Generate = (kept: string | undefined, properties: unknown) => Generated;

type Request = Pick<CloudFormationCustomResourceEvent, 'RequestType' | 'RequestId' | 'ResourceProperties'>;

const Properties = z.object({ SecretArn: z.string() });

/** Writes a secret where it is to change, and answers with its attributes. The secret outlives the resource. */
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
