import type { Account } from './account.ts';

/** Something that costs and that nobody uses, as far as can be told from outside. */
export interface Leftover {
  readonly what: string;
  readonly why: string;
  /** What would remove it, for whoever has made sure. */
  readonly command: string;
}

const dayMs = 24 * 3_600_000;
/** A rule of each bucket ends uploads after one day, and S3 runs it once a day. */
const uploadDays = 3;
const blindDays = 7;
/** `LastAccessedDate` is a day without a time. Push and media read theirs whenever a function starts anew. */
const unreadDays = 30;
const assetBytes = 2 ** 30;

/** Names what is left over of a stage. It decides by a description, and removes nothing. */
export function leftoversOf(account: Account, now: number): Leftover[] {
  const { stack, tablesInUse, tables, tagged, copies, uploads, blindAlarms, secrets, oldAssetBytes } = account;
  const olderThan = (days: number, time: number | undefined) => time === undefined || time < now - days * dayMs;
  const isOfStack = (arn: string) => (stack ?? []).some((id) => names(arn, id));
  // Those of tables are below, and a copy lapses by itself.
  const others = tagged.filter((arn) => !/:dynamodb:.*:table\/|:recovery-point:|\/backup\//.test(arn));
  return [
    ...tables
      .filter((table) => !tablesInUse.includes(table))
      .map((table) => ({
        what: `the table ${table}`,
        why: stack?.includes(table)
          ? 'A restore has put another one in its place, and the stack keeps it.'
          : 'No stack uses it: it is of a restore that was not used, or of a stack that was deleted.',
        command: `aws dynamodb delete-table --table-name ${table}`,
      })),
    ...others
      .filter((arn) => !isOfStack(arn))
      .map((arn) => ({
        what: arn,
        why: 'It has the tags of the stage, and belongs to no stack: one was deleted and kept it, or a deploy replaced it.',
        command: commandFor(arn),
      })),
    ...copies
      .filter(({ of }) => !tables.includes(of))
      .map(({ arn, of }) => ({
        what: `the copy ${arn}`,
        why: `The table ${of} is gone. It lapses 90 days after it was made.`,
        command: `aws backup delete-recovery-point --backup-vault-name … --recovery-point-arn ${arn}`,
      })),
    ...uploads
      .filter(({ begun }) => olderThan(uploadDays, begun))
      .map(({ bucket, key }) => ({
        what: `the parts of ${key} in ${bucket}`,
        why: `The upload was begun more than ${uploadDays} days ago, and the bucket’s rule did not end it.`,
        command: `aws s3api list-multipart-uploads --bucket ${bucket}, then abort-multipart-upload`,
      })),
    ...blindAlarms
      .filter(({ since }) => olderThan(blindDays, since))
      .map(({ name }) => ({
        what: `the alarm ${name}`,
        why: `It has had no data for ${blindDays} days, so it watches nothing.`,
        command: 'see whether what it watches is still there (lib/capabilities/alarms.ts)',
      })),
    ...secrets
      .filter(({ lastRead }) => olderThan(unreadDays, lastRead))
      .map(({ name }) => ({
        what: `the secret ${name}`,
        why: `Nobody has read it for ${unreadDays} days.`,
        command: 'none while the stack has it: nobody uses what it is for',
      })),
    ...(oldAssetBytes > assetBytes
      ? [
          {
            what: `${Math.round(oldAssetBytes / assetBytes)} GB of former deployments in the bucket of the CDK`,
            why: 'They are older than 90 days. Those that no stack names can go.',
            command: 'npx cdk gc --unstable=gc',
          },
        ]
      : []),
  ];
}

/** Whether an id of CloudFormation, which is a name, an ARN or a URL, is that of an ARN. */
function names(arn: string, id: string): boolean {
  const last = arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
  return arn === id || arn.endsWith(`:${id}`) || arn.endsWith(`/${id}`) || id.endsWith(`/${last}`);
}

const commands: readonly (readonly [part: string, command: string])[] = [
  [':logs:', 'aws logs delete-log-group --log-group-name'],
  [':secretsmanager:', 'aws secretsmanager delete-secret --secret-id'],
  [':s3:::', 'aws s3 rb --force s3://'],
  [':sqs:', 'aws sqs delete-queue --queue-url'],
  [':backup-vault:', 'aws backup delete-backup-vault --backup-vault-name'],
];

function commandFor(arn: string): string {
  const [, command] = commands.find(([part]) => arn.includes(part)) ?? [];
  return command === undefined ? 'in the console' : `${command} …`;
}
