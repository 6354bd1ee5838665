import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod/mini';

/** What an account has of one stage. Times are in ms since 1970. */
export interface Account {
  /** The ids of all resources of the stack: names, ARNs or URLs, as CloudFormation has them. Undefined if there is no stack. */
  readonly stack: readonly string[] | undefined;
  /** The names of the tables in use, which a restore may have made. */
  readonly tablesInUse: readonly string[];
  /** The names of all tables whose name begins with that of the stack. */
  readonly tables: readonly string[];
  /** The ARNs of what has the tags of the stage. */
  readonly tagged: readonly string[];
  /** Copies in the vaults of the stage, and the tables that they are of. */
  readonly copies: readonly { readonly arn: string; readonly of: string }[];
  readonly uploads: readonly { readonly bucket: string; readonly key: string; readonly begun: number }[];
  /** Alarms without data. */
  readonly blindAlarms: readonly { readonly name: string; readonly since: number }[];
  readonly secrets: readonly { readonly name: string; readonly lastRead: number | undefined }[];
  /** The bytes of all that deployments have uploaded and that is older than 90 days. */
  readonly oldAssetBytes: number;
}

/** Asks the command line of AWS, and returns its answer. */
export type Ask = (...args: string[]) => Promise<unknown>;

const run = promisify(execFile);
const mostBytes = 64 * 2 ** 20;

/** Asks `aws` with the credentials and the region of whoever calls. It pages by itself. */
export const askAws: Ask = async (...args) => {
  const { stdout } = await run('aws', [...args, '--output', 'json'], { maxBuffer: mostBytes });
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
};

const list = <T extends z.ZodMiniType>(item: T) => z._default(z.array(item), []);
const time = z.pipe(
  z.union([z.string(), z.number()]),
  z.transform((value) => (typeof value === 'number' ? value * 1_000 : Date.parse(value))),
);
const Resources = z.object({
  StackResourceSummaries: list(z.object({ PhysicalResourceId: z.optional(z.string()), ResourceType: z.string() })),
});
const Stacks = z.object({
  Stacks: list(z.object({ Outputs: list(z.object({ OutputKey: z.string(), OutputValue: z.string() })) })),
});
const Recovery = z.object({ tables: z.record(z.string(), z.string()) });
const Tables = z.object({ TableNames: list(z.string()) });
const Tagged = z.object({ ResourceTagMappingList: list(z.object({ ResourceARN: z.string() })) });
const Points = z.object({ RecoveryPoints: list(z.object({ RecoveryPointArn: z.string(), ResourceArn: z.string() })) });
const Uploads = z.object({ Uploads: list(z.object({ Key: z.string(), Initiated: time })) });
const Alarms = z.object({ MetricAlarms: list(z.object({ AlarmName: z.string(), StateUpdatedTimestamp: time })) });
const Secret = z.object({ Name: z.string(), LastAccessedDate: z.optional(time), CreatedDate: time });
const Objects = z.object({ Contents: list(z.object({ Size: z.number(), LastModified: time })) });

const assetDays = 90;

/** Describes what an account has of a stage. It only reads. */
export async function describeAccount(ask: Ask, stage: string, now: number): Promise<Account> {
  const stackName = `storm-${stage}`;
  const resources = await resourcesOf(ask, stackName);
  const ofType = (type: string) =>
    (resources ?? []).flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === type && PhysicalResourceId !== undefined ? [PhysicalResourceId] : [],
    );
  const recovery = resources && (await outputOf(ask, stackName, 'Recovery'));
  const tablesInUse = recovery ? Object.values(Recovery.parse(JSON.parse(recovery)).tables) : [];
  const [tables, tagged, alarms, bootstrap] = await Promise.all([
    ask('dynamodb', 'list-tables'),
    ask(
      'resourcegroupstaggingapi',
      'get-resources',
      '--tag-filters',
      'Key=app,Values=storm',
      `Key=stage,Values=${stage}`,
    ),
    ask('cloudwatch', 'describe-alarms', '--alarm-name-prefix', `${stackName}-`, '--state-value', 'INSUFFICIENT_DATA'),
    outputOf(ask, 'CDKToolkit', 'BucketName'),
  ]);
  const copies = ofType('AWS::Backup::BackupVault').map(async (vault) => {
    const points = await ask('backup', 'list-recovery-points-by-backup-vault', '--backup-vault-name', vault);
    return Points.parse(points).RecoveryPoints.map(({ RecoveryPointArn: arn, ResourceArn }) => ({
      arn,
      of: ResourceArn.slice(ResourceArn.indexOf('/') + 1),
    }));
  });
  const uploads = ofType('AWS::S3::Bucket').map(async (bucket) => {
    const open = Uploads.parse(await ask('s3api', 'list-multipart-uploads', '--bucket', bucket));
    return open.Uploads.map(({ Key: key, Initiated: begun }) => ({ bucket, key, begun }));
  });
  const secrets = ofType('AWS::SecretsManager::Secret').map(async (id) => {
    const secret = Secret.parse(await ask('secretsmanager', 'describe-secret', '--secret-id', id));
    return { name: secret.Name, lastRead: secret.LastAccessedDate ?? secret.CreatedDate };
  });
  const assets = bootstrap ? Objects.parse(await ask('s3api', 'list-objects-v2', '--bucket', bootstrap)).Contents : [];
  const oldest = now - assetDays * 24 * 3_600_000;
  return {
    stack: resources?.flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []),
    tablesInUse,
    tables: Tables.parse(tables).TableNames.filter((name) => name.startsWith(`${stackName}-`)),
    tagged: Tagged.parse(tagged).ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN),
    copies: (await Promise.all(copies)).flat(),
    uploads: (await Promise.all(uploads)).flat(),
    blindAlarms: Alarms.parse(alarms).MetricAlarms.map(({ AlarmName: name, StateUpdatedTimestamp: since }) => ({
      name,
      since,
    })),
    secrets: await Promise.all(secrets),
    oldAssetBytes: assets.reduce((sum, { Size, LastModified }) => sum + (LastModified < oldest ? Size : 0), 0),
  };
}

async function resourcesOf(ask: Ask, stackName: string) {
  const answer = await ifThere(() => ask('cloudformation', 'list-stack-resources', '--stack-name', stackName));
  return answer === undefined ? undefined : Resources.parse(answer).StackResourceSummaries;
}

async function outputOf(ask: Ask, stackName: string, key: string): Promise<string | undefined> {
  const answer = await ifThere(() => ask('cloudformation', 'describe-stacks', '--stack-name', stackName));
  const outputs = answer === undefined ? [] : Stacks.parse(answer).Stacks.flatMap(({ Outputs }) => Outputs);
  return outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
}

/** The answer about a stack, or undefined if there is none ("DescribeStacks": a stack that doesn't exist is a ValidationError). */
async function ifThere(asking: () => Promise<unknown>): Promise<unknown> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
