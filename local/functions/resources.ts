import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import { physicalName } from '../assembly/skipped.ts';
import { Count, parseProperties } from '../parse.ts';
import { type Resource, type ResourceHandler, StackError, type World } from '../types.ts';
import type { LocalFunctions } from './functions.ts';

/** The supported properties. Any other would change what the function does, and is refused. */
const FunctionProperties = z.strictObject({
  Code: z.union(
    [z.object({ S3Key: z.string() }), z.object({ ZipFile: z.string() })],
    'only code from a folder is supported',
  ),
  Handler: z.string(),
  Runtime: z.string().check(z.regex(/^nodejs\d+\.x$/, 'only Node.js runtimes are supported')),
  Environment: z.optional(z.object({ Variables: z.optional(z.record(z.string(), z.coerce.string())) })),
  Timeout: z._default(Count, 3),
  MemorySize: z._default(Count, 128),
  ReservedConcurrentExecutions: z.optional(Count),
  Layers: z.optional(z.array(z.unknown()).check(z.length(0, "layers aren't supported"))),
  FunctionName: z.optional(z.string()),
  PackageType: z.optional(z.literal('Zip')),
  // The following properties have no local meaning.
  Architectures: z.optional(z.unknown()),
  CodeSigningConfigArn: z.optional(z.unknown()),
  Description: z.optional(z.unknown()),
  EphemeralStorage: z.optional(z.unknown()),
  KmsKeyArn: z.optional(z.unknown()),
  LoggingConfig: z.optional(z.unknown()),
  RecursiveLoop: z.optional(z.unknown()),
  Role: z.optional(z.unknown()),
  RuntimeManagementConfig: z.optional(z.unknown()),
  SnapStart: z.optional(z.unknown()),
  Tags: z.optional(z.unknown()),
  TracingConfig: z.optional(z.unknown()),
});

const InvokeConfigProperties = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.optional(Count),
  DestinationConfig: z.optional(
    z.object({
      OnFailure: z.optional(z.object({ Destination: z.string() })),
      OnSuccess: z.optional(z.object({ Destination: z.string() })),
    }),
  ),
});

/** Returns the handlers of the Lambda types of CloudFormation, except event source mappings. */
export function functionHandlers(functions: LocalFunctions): ResourceHandler[] {
  return [
    {
      types: ['AWS::Lambda::Function'],
      async create(resource, world) {
        const spec = functionSpec(resource, world);
        functions.define(spec);
        world.whenChanged(spec.codeDir, async () => {
          functions.renew(spec.name);
          world.log.info(`↻ ${spec.name} has new code`);
        });
        return { ref: spec.name, attributes: { Arn: spec.arn } };
      },
    },
    {
      types: ['AWS::Lambda::Version'],
      async create({ properties }, world) {
        const arn = functionArn(
          parseProperties(z.object({ FunctionName: z.string() }), properties).FunctionName,
          world,
        );
        return { ref: `${arn}:1`, attributes: { Version: '1', FunctionArn: `${arn}:1` } };
      },
    },
    {
      types: ['AWS::Lambda::Alias'],
      async create({ properties }, world) {
        const { FunctionName, Name } = parseProperties(
          z.object({ FunctionName: z.string(), Name: z.string() }),
          properties,
        );
        const arn = `${functionArn(FunctionName, world)}:${Name}`;
        return { ref: arn, attributes: { AliasArn: arn } };
      },
    },
    {
      types: ['AWS::Lambda::EventInvokeConfig'],
      async create({ stack, logicalId, properties }) {
        const { FunctionName, MaximumRetryAttempts, DestinationConfig } = parseProperties(
          InvokeConfigProperties,
          properties,
        );
        functions.configureAsync(FunctionName, {
          maximumRetryAttempts: MaximumRetryAttempts,
          onFailure: DestinationConfig?.OnFailure?.Destination,
          onSuccess: DestinationConfig?.OnSuccess?.Destination,
        });
        return { ref: `${stack}-${logicalId}` };
      },
    },
  ];
}

function functionSpec(resource: Resource, world: World) {
  const properties = parseProperties(FunctionProperties, resource.properties);
  const name = physicalName(resource).slice(-64);
  return {
    name,
    arn: functionArn(name, world),
    codeDir:
      'S3Key' in properties.Code
        ? codeAsset(properties.Code.S3Key, world)
        : inlineCode(name, properties.Code.ZipFile, world),
    handler: properties.Handler,
    runtime: properties.Runtime,
    environment: properties.Environment?.Variables ?? {},
    timeoutMs: properties.Timeout * 1000,
    memoryMiB: properties.MemorySize,
    ...(properties.ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: properties.ReservedConcurrentExecutions,
    }),
  };
}

function functionArn(nameOrArn: string, { region, account }: World): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${region}:${account}:function:${nameOrArn}`;
}

function codeAsset(key: string, world: World): string {
  const folder = world.asset(key);
  if (!fs.statSync(folder).isDirectory())
    throw new StackError('Its code is an archive; the local stack runs code from a folder.');
  return folder;
}

/** Writes code from the template to a file. On Lambda it is CommonJS in a file named `index`. */
function inlineCode(name: string, code: string, world: World): string {
  const folder = path.join(world.dataDir, 'inline-functions', name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'index.js'), code);
  return folder;
}
