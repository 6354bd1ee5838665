import { hash, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { jsonFile } from '../../json-file.ts';
import type { World } from '../../types.ts';
import { ServiceError } from '../error.ts';
import { type Operations, operation } from '../json-api.ts';
import { passwordRules, randomPassword } from './password.ts';

const text = z.optional(z.string());
const value = { SecretString: text, SecretBinary: text };
const secret = z.object({
  name: z.string(),
  description: z.optional(z.string()),
  created: z.number(),
  versions: z.record(z.string(), z.object({ ...value, stages: z.array(z.string()), created: z.number() })),
});
type Secret = z.infer<typeof secret>;

const newValue = z.object({ ...value, ClientRequestToken: z._default(z.string(), randomUUID) });
const SecretId = z.string();
const create = z.extend(newValue, { Name: z.string(), Description: text });
const get = z.object({ SecretId, VersionId: text, VersionStage: z._default(z.string(), 'AWSCURRENT') });
const put = z.extend(newValue, { SecretId, VersionStages: z._default(z.array(z.string()), ['AWSCURRENT']) });
const update = z.extend(newValue, { SecretId, Description: text });
const move = z.object({ SecretId, VersionStage: z.string(), MoveToVersionId: text });

/** Returns the operations of Secrets Manager. The secrets are in a file that only its owner can read, and that each change rewrites. */
export function secretsManager(
  file: string,
  arnPrefix: string,
  whenKeeping: World['whenKeeping'] = () => {},
): Operations {
  const { entries: secrets, save, keep } = jsonFile(file, secret);
  whenKeeping(keep);

  // AWS adds six random characters. Here they depend on the name, so that the ARN is the same at every start.
  const arnOf = ({ name }: Secret) => `${arnPrefix}${name}-${hash('sha256', name).slice(0, 6)}`;

  function find(id: string): Secret {
    const found = Object.values(secrets).find((candidate) => id === candidate.name || id === arnOf(candidate));
    if (found) return found;
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  const named = (found: Secret) => ({ ARN: arnOf(found), Name: found.name });

  function describe(found: Secret) {
    return {
      ...named(found),
      Description: found.description,
      CreatedDate: found.created,
      VersionIdsToStages: Object.fromEntries(Object.entries(found.versions).map(([id, { stages }]) => [id, stages])),
    };
  }

  return {
    CreateSecret: operation(create, ({ Name, Description, ...initial }) => {
      if (secrets[Name]) throw new ServiceError('ResourceExistsException', `The secret ${Name} already exists.`);
      const created: Secret = { name: Name, description: Description, created: Date.now() / 1000, versions: {} };
      secrets[Name] = created;
      if (hasValue(initial)) addVersion(created, initial, ['AWSCURRENT']);
      save();
      return { ...named(created), ...(hasValue(initial) && { VersionId: initial.ClientRequestToken }) };
    }),

    DescribeSecret: operation(z.object({ SecretId }), ({ SecretId }) => describe(find(SecretId))),

    GetSecretValue: operation(get, ({ SecretId, VersionId, VersionStage }) => {
      const found = find(SecretId);
      const entry = Object.entries(found.versions).find(([id, { stages }]) =>
        VersionId === undefined ? stages.includes(VersionStage) : id === VersionId,
      );
      if (!entry)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for ${VersionId ? `VersionId: ${VersionId}` : `staging label: ${VersionStage}`}`,
        );
      const [id, { SecretString, SecretBinary, stages, created }] = entry;
      const about = { ...named(found), CreatedDate: created };
      return { ...about, VersionId: id, VersionStages: stages, SecretString, SecretBinary };
    }),

    PutSecretValue: operation(put, ({ SecretId, VersionStages, ...added }) => {
      const found = find(SecretId);
      addVersion(found, added, VersionStages);
      save();
      return { ...named(found), VersionId: added.ClientRequestToken, VersionStages };
    }),

    UpdateSecret: operation(update, ({ SecretId, Description, ...added }) => {
      const found = find(SecretId);
      if (Description !== undefined) found.description = Description;
      if (hasValue(added)) addVersion(found, added, ['AWSCURRENT']);
      save();
      return { ...named(found), ...(hasValue(added) && { VersionId: added.ClientRequestToken }) };
    }),

    UpdateSecretVersionStage: operation(move, ({ SecretId, VersionStage, MoveToVersionId }) => {
      const found = find(SecretId);
      moveStage(found, VersionStage, MoveToVersionId);
      save();
      return named(found);
    }),

    GetRandomPassword: operation(passwordRules, (rules) => ({ RandomPassword: randomPassword(rules) })),
    TagResource: () => ({}),
  };
}

type NewValue = z.infer<typeof newValue>;

function hasValue({ SecretString, SecretBinary }: NewValue): boolean {
  return SecretString !== undefined || SecretBinary !== undefined;
}

/** Adds a version whose id is the request token. The same token with the same value changes nothing; another value is an error. */
function addVersion(to: Secret, { ClientRequestToken: id, SecretString, SecretBinary }: NewValue, stages: string[]) {
  const same = to.versions[id];
  if (same) {
    if (same.SecretString === SecretString && same.SecretBinary === SecretBinary) return;
    throw new ServiceError('ResourceExistsException', `A version ${id} with another value exists already.`);
  }
  to.versions[id] = { SecretString, SecretBinary, stages: [], created: Date.now() / 1000 };
  for (const stage of stages) moveStage(to, stage, id);
}

/** Moves a stage, which only one version can have. The version that loses AWSCURRENT gets AWSPREVIOUS. */
function moveStage(within: Secret, stage: string, toVersion: string | undefined): void {
  if (toVersion !== undefined && !within.versions[toVersion])
    throw new ServiceError('ResourceNotFoundException', `There is no version ${toVersion} of ${within.name}.`);
  const [holder] = Object.entries(within.versions).find(([, { stages }]) => stages.includes(stage)) ?? [];
  if (holder === toVersion) return;
  if (holder !== undefined && stage === 'AWSCURRENT') moveStage(within, 'AWSPREVIOUS', holder);
  for (const [id, version] of Object.entries(within.versions)) {
    version.stages = version.stages.filter((other) => other !== stage);
    if (id === toVersion) version.stages.push(stage);
  }
}
