import { Aws, Duration, Fn, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { Tables } from './tables.ts';

const servicePolicy = 'service-role/AWSBackupServiceRolePolicyForBackup';

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
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(servicePolicy)],
    });
    acknowledge(
      role,
      `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${servicePolicy}]`,
      'AWS changes this policy as the service needs it.',
    );
    const plan = new BackupPlan(this, 'Plan', { backupVault: vault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: 'weekly',
        // Sunday, 3:00 UTC.
        scheduleExpression: Schedule.cron({ weekDay: 'SUN', hour: '3', minute: '0' }),
        deleteAfter: Duration.days(90),
      }),
    );
    plan.addSelection('Tables', {
      role,
      resources: tables.all.map((table) => BackupResource.fromDynamoDbTable(table)),
    });
  }
}
