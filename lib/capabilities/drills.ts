import { Stack } from 'aws-cdk-lib';
import { CfnExperimentTemplate, type CfnExperimentTemplateProps } from 'aws-cdk-lib/aws-fis';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import { AppFunction } from '#lib/constructs/app-function.ts';
import { DatabaseOutage } from '#lib/constructs/database-outage.ts';
import { FaultExtension } from '#lib/constructs/fault-extension.ts';
import { drillDuration, functionDrills, outageSeconds, stops } from '#lib/drills/catalogue.ts';
import type { Foundation } from '#lib/foundation.ts';
import { pascalCase } from '#lib/names.ts';

/**
 * Templates for experiments of AWS FIS, which break parts of the stage on purpose (docs/storm-day.md, decision 0139), if the setting
 * `drills` says so. It must be called after all functions and alarms were added.
 */
export function addDrills({ stack, settings, alarms, tables }: Foundation): void {
  if (!settings.drills) return;
  const functions = stack.node.findAll().flatMap((node) => (node instanceof AppFunction ? node : []));
  const named = (folder: string): AppFunction => {
    const fn = functions.find(({ node }) => node.id === pascalCase(folder));
    if (!fn) throw new Error(`There is no function ${folder}`);
    return fn;
  };
  const targets = [...new Set(Object.values(functionDrills).flatMap((drill) => drill.functions))].map(named);
  const extension = new FaultExtension(stack, 'FaultExtension');
  for (const fn of targets) extension.attach(fn);
  const outage = new DatabaseOutage(stack, 'DatabaseOutage', {
    tables: tables.all,
    roles: functions.map(({ role }) => role),
    seconds: outageSeconds,
  });

  const log = new LogGroup(stack, 'DrillsLog', {
    retention: settings.logRetention,
    removalPolicy: settings.dataRemoval,
  });
  const role = experimentRole(stack);
  letFisWrite(log);
  extension.grantInject(role);
  const functionArns = targets.map(({ functionArn }) => functionArn);
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:GetFunction'], resources: functionArns }));
  outage.grantStart(role);

  const add = (name: string, props: Pick<CfnExperimentTemplateProps, 'description' | 'targets' | 'actions'>) =>
    new CfnExperimentTemplate(stack, `Drill${pascalCase(name)}`, {
      ...props,
      roleArn: role.roleArn,
      stopConditions: stops.map((alarm) => ({ source: 'aws:cloudwatch:alarm', value: alarms.named(alarm).alarmArn })),
      logConfiguration: { logSchemaVersion: 2, cloudWatchLogsConfiguration: { LogGroupArn: log.logGroupArn } },
      // By it and by the tag `stage`, `npm run drill` finds the template.
      tags: { Name: `${stack.stackName}-${name}` },
    }).node.addDependency(role);
  for (const [name, drill] of Object.entries(functionDrills))
    add(name, {
      description: drill.title,
      targets: {
        functions: {
          resourceType: 'aws:lambda:function',
          // Without a qualifier these are all invocations, also those by the alias ("Targets for AWS FIS").
          resourceArns: drill.functions.map((folder) => named(folder).functionArn),
          selectionMode: 'ALL',
        },
      },
      actions: {
        fault: {
          actionId: `aws:lambda:invocation-${drill.action}`,
          parameters: { duration: drillDuration, ...drill.parameters },
          targets: { Functions: 'functions' },
        },
      },
    });
  add('database-away', {
    description: `The database is away for ${outageSeconds} seconds`,
    targets: {},
    actions: {
      fault: {
        actionId: 'aws:ssm:start-automation-execution',
        parameters: { documentArn: outage.documentArn, maxDuration: drillDuration },
      },
    },
  });
}

/** The role of all experiments, which FIS alone may have, and only for experiments of this account ("IAM roles for AWS FIS experiments"). */
function experimentRole(stack: Stack): Role {
  const experiments = stack.formatArn({ service: 'fis', resource: 'experiment', resourceName: '*' });
  const role = new Role(stack, 'DrillsRole', {
    assumedBy: new ServicePrincipal('fis.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': experiments },
      },
    }),
  });
  // "AWS FIS Actions reference", and "Experiment logging for AWS FIS".
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'tag:GetResources',
        'logs:CreateLogDelivery',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    }),
  );
  acknowledgeWildcard(role, '*', 'FIS looks for targets and sets up the delivery of its log, which have no resources.');
  return role;
}

/**
 * Lets FIS write the log of experiments ("Logs sent to CloudWatch Logs"). Without this policy the role would have to be allowed to write
 * policies of log groups, to set up the delivery.
 */
function letFisWrite(log: LogGroup): void {
  const stack = Stack.of(log);
  log.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [log.logGroupArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
      },
    }),
  );
}
