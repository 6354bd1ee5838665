import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';

/** Computes when the outage ends, in the form of `aws:CurrentTime`. */
const endOfOutage = `from datetime import datetime, timedelta, timezone

def handler(events, context):
    end = datetime.now(timezone.utc) + timedelta(seconds=int(events["seconds"]))
    return {"time": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
`;

interface Outage {
  readonly tables: readonly ITable[];
  /** Those to whom the tables are away. */
  readonly roles: readonly Role[];
  /** How long, unless whoever starts it says otherwise. */
  readonly seconds: number;
}

/**
 * An Automation of Systems Manager that takes the tables away from functions for some seconds (decision 0139). It gives each table a
 * resource policy that denies everything to the functions' roles, up to a time that stands in the policy: so the outage ends even if
 * nobody takes the policy away. That is done in every end, also when the Automation fails or is cancelled ("Systems Manager Automation
 * actions reference": `onFailure`, `onCancel`).
 */
export class DatabaseOutage extends Construct {
  readonly documentArn: string;
  /** All versions of the document. */
  private readonly definition: string;
  private readonly role: Role;

  constructor(scope: Construct, id: string, { tables, roles, seconds }: Outage) {
    super(scope, id);
    const stack = Stack.of(this);
    // "Create a service role for Automation": the conditions keep other accounts from using it.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ssm.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'ssm',
              resource: 'automation-execution',
              resourceName: '*',
            }),
          },
        },
      }),
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
        resources: tables.map(({ tableArn }) => tableArn),
      }),
    );
    const given = tables.map((table) => `give_back_${table.node.id}`);
    const [first] = given;
    if (first === undefined) throw new Error('There is no table to take away.');
    const giveBack = { onFailure: `step:${first}`, onCancel: `step:${first}` };
    const document = new CfnDocument(this, 'Document', {
      documentType: 'Automation',
      content: {
        schemaVersion: '0.3',
        description: `Takes the tables of ${stack.stackName} away from its functions for some seconds.`,
        assumeRole: this.role.roleArn,
        parameters: {
          Seconds: {
            type: 'String',
            description: 'How long',
            default: String(seconds),
            allowedPattern: '^([1-9]\\d|[1-5]\\d\\d|600)$',
          },
        },
        mainSteps: [
          {
            name: 'end',
            action: 'aws:executeScript',
            inputs: {
              Runtime: 'python3.11',
              Handler: 'handler',
              Script: endOfOutage,
              InputPayload: { seconds: '{{ Seconds }}' },
            },
            outputs: [{ Name: 'time', Selector: '$.Payload.time', Type: 'String' }],
          },
          ...tables.map((table) => ({
            name: `take_${table.node.id}`,
            action: 'aws:executeAwsApi',
            inputs: {
              Service: 'dynamodb',
              Api: 'PutResourcePolicy',
              ResourceArn: table.tableArn,
              // In several lines, because two braces beside each other would be read as the end of a variable.
              Policy: stack.toJsonString(denial(table, roles), 1),
            },
            ...giveBack,
          })),
          { name: 'wait', action: 'aws:sleep', inputs: { Duration: 'PT{{ Seconds }}S' }, ...giveBack },
          // One that fails doesn't keep the next from being given back, but the Automation then counts as failed.
          ...tables.map((table, i) => ({
            name: given[i],
            action: 'aws:executeAwsApi',
            // "DeleteResourcePolicy": it is no error if there is none.
            inputs: { Service: 'dynamodb', Api: 'DeleteResourcePolicy', ResourceArn: table.tableArn },
            maxAttempts: 5,
            isCritical: true,
            ...(i < given.length - 1
              ? { onFailure: 'Continue', onCancel: `step:${given[i + 1]}` }
              : { onFailure: 'Abort', isEnd: true }),
          })),
        ],
      },
    });
    this.documentArn = stack.formatArn({ service: 'ssm', resource: 'document', resourceName: document.ref });
    this.definition = stack.formatArn({
      service: 'ssm',
      resource: 'automation-definition',
      resourceName: `${document.ref}:*`,
    });
  }

  /** Lets a role start the outage, and end it ("AWS FIS Actions reference", aws:ssm:start-automation-execution). */
  grantStart(role: Role): void {
    const executions = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'automation-execution',
      resourceName: '*',
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:StartAutomationExecution'],
        resources: [this.documentArn, this.definition],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:GetAutomationExecution', 'ssm:StopAutomationExecution'],
        resources: [executions],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      }),
    );
    acknowledgeWildcard(
      role,
      this.definition,
      'All versions of the document: each deployment that changes it makes one.',
    );
    acknowledgeWildcard(role, executions, 'The ids of executions are not known before they begin.');
  }
}

/** The policy that denies a table to roles until the time that the step `end` found. */
function denial({ tableArn }: ITable, roles: readonly Role[]) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'dynamodb:*',
        Resource: [tableArn, `${tableArn}/index/*`],
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': roles.map(({ roleArn }) => roleArn) },
          DateLessThan: { 'aws:CurrentTime': '{{ end.time }}' },
        },
      },
    ],
  };
}
