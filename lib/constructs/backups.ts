import { Aws, Duration, Fn, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupVault, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { Tables } from './tables.ts';

/** How long AWS Backup keeps a copy. */
export const keptCopies = Duration.days(90);

/** Weekly copies of all tables by AWS Backup. They survive tables that are deleted, and mistakes that are older than 35 days. */
export class Backups extends Construct {
  constructor(scope: Construct, id: string, { tables, settings }: { tables: Tables; settings: Settings }) {
    super(scope, id);
    // A vault that has copies is kept, and its name must not stand in the way of another stack. The ARN of a stack ends with a
    // UUID. A vault's name has at most 50 characters.
    const uuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const vault = new BackupVault(this, 'Vault', {
      backupVaultName: `${Stack.of(this).stackName}-${Fn.select(0, Fn.split('-', uuid))}`,
      removalPolicy: settings.dataRemoval,
    });
    // The part of AWS's own policy that is about tables ("AWSBackupServiceRolePolicyForBackup"), for these tables only.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('backup.amazonaws.com') });
    const arns = tables.kept.map(({ tableArn }) => tableArn);
    const copies = arns.map((arn) => `${arn}/backup/*`);
    const allow = (resources: string[], ...actions: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(
      arns,
      'dynamodb:CreateBackup',
      'dynamodb:DescribeTable',
      'dynamodb:ListTagsOfResource',
      'dynamodb:StartAwsBackupJob',
    );
    allow(copies, 'dynamodb:DeleteBackup', 'dynamodb:DescribeBackup');
    allow([vault.backupVaultArn], 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault');
    for (const copy of copies) acknowledgeWildcard(role, copy, 'The ids of copies are not known before they are made.');
    const plan = new BackupPlan(this, 'Plan', { backupVault: vault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: 'weekly',
        // Sunday, 3:00 UTC.
        scheduleExpression: Schedule.cron({ weekDay: 'SUN', hour: '3', minute: '0' }),
        deleteAfter: keptCopies,
      }),
    );
    // CDK's own selection would give the role a managed policy for all tables of the account.
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.backupPlanId,
      backupSelection: { iamRoleArn: role.roleArn, resources: arns, selectionName: 'tables' },
    });
  }
}
