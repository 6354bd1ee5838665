import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import * as z from 'zod/mini';
import { bundle } from '#lib/bundle.ts';
import { projectRoot } from '#lib/handlers.ts';
import type { Settings } from '#lib/settings.ts';

/** The version of this release, from package.json. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')));

export interface AppFunctionProps {
  /** The folder below `lambdas/`. */
  readonly name: string;
  readonly settings: Settings;
  /** The CPU is in proportion to the memory. A function has one core at 1 769 MiB ("Configure Lambda function memory"). */
  readonly memoryMiB: number;
  /** 10 seconds unless given. */
  readonly timeout?: Duration;
  readonly reservedConcurrency?: number | undefined;
  /** Whether the function needs the packages that can't be bundled. */
  readonly isNative?: boolean;
  /** Whether the function sends messages to the queue that invokes it, on purpose. */
  readonly callsItself?: boolean;
  /** Whether messages of everybody pass through the function, so that new code takes over gradually (`capabilities/releases.ts`). */
  readonly isHot?: boolean;
}

/** A Lambda function of this app. At first it may only write its own log. All other permissions are granted to it later. */
export class AppFunction extends LambdaFunction {
  declare readonly role: Role;
  declare readonly timeout: Duration;
  readonly memoryMiB: number;
  /** The alias of a hot function, which names the version that runs. */
  readonly live: Alias | undefined;

  constructor(scope: Construct, id: string, props: AppFunctionProps) {
    const {
      name,
      settings,
      memoryMiB,
      timeout = Duration.seconds(10),
      reservedConcurrency,
      isNative,
      callsItself,
      isHot,
    } = props;
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: settings.logRetention,
      removalPolicy: settings.dataRemoval,
    });
    // The role that CDK would create has a managed policy, which allows writing to all log groups of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    super(scope, id, {
      code: bundle(name, isNative ? settings.packages : 'none'),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMiB,
      timeout,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
      // Otherwise Lambda may stop such a chain after 16 invocations ("Use Lambda recursive loop detection to prevent infinite loops").
      ...(callsItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // The log lines START, END and REPORT would cost more than the invocation. The metrics of Lambda have the same numbers.
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: {
        GENERATION: settings.generation,
        ...(settings.maintenanceSeconds !== undefined && { MAINTENANCE_SECONDS: String(settings.maintenanceSeconds) }),
        VERSION: version,
        SERVICE: Stack.of(scope).stackName,
        FUNCTION: name,
        // Code from before these two reads the following, and may run beside this code until the release is complete.
        STAGE: settings.stage,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'Storm',
        RATES: JSON.stringify(settings.rates),
      },
    });
    this.memoryMiB = memoryMiB;
    this.live = isHot ? new Alias(this, 'Live', { aliasName: 'live', version: this.currentVersion }) : undefined;
  }

  /** What a gateway, a stream or a queue invokes: the alias, if there is one. */
  get entry(): IFunction {
    return this.live ?? this;
  }
}
