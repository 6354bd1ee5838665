import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { bundle } from '#lib/bundle.ts';
import { projectRoot, unbundled } from '#lib/handlers.ts';
import { nativeArchitecture } from '#lib/packages.ts';
import type { Settings } from '#lib/settings.ts';

/** Of this release, as package.json has it. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')));

export interface AppFunctionProps {
  /** Folder below `lambdas/`. */
  readonly name: string;
  readonly settings: Settings;
  /** CPU comes with memory: one core at 1 769 MiB ("Configure Lambda function memory"). */
  readonly memoryMiB: number;
  /** 10 seconds unless given. */
  readonly timeout?: Duration;
  readonly reservedConcurrency?: number | undefined;
  /** Whether it needs the packages that can't be bundled; it then runs on what this machine is. */
  readonly isNative?: boolean;
  /** Whether it limits how much a person may do, and so has to know the stage's rates. */
  readonly limitsRates?: boolean;
}

/** A Lambda function of this app. It may write its own log, and whatever is granted to it later. */
export class AppFunction extends LambdaFunction {
  declare readonly role: Role;
  declare readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: AppFunctionProps) {
    const {
      name,
      settings,
      memoryMiB,
      timeout = Duration.seconds(10),
      reservedConcurrency,
      isNative,
      limitsRates,
    } = props;
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: settings.logRetention,
      removalPolicy: settings.dataRemoval,
    });
    // Not CDK's own role: that one has a managed policy, which allows every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    super(scope, id, {
      code: bundle(name, isNative ? unbundled : []),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: isNative ? nativeArchitecture() : Architecture.ARM_64,
      memorySize: memoryMiB,
      timeout,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // START, END and REPORT of every invocation would cost more than the invocation; metrics have the same numbers.
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: {
        STAGE: settings.stage,
        VERSION: version,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'Storm',
        ...(limitsRates && { RATES: JSON.stringify(settings.rates) }),
      },
    });
  }
}
