import * as fs from 'node:fs';
import * as z from 'zod/mini';
import { physicalName } from '../assembly/skipped.ts';
import { handle, handleChanging } from '../handle.ts';
import { Count, ignoring } from '../parse.ts';
import { type Resource, type ResourceHandler, StackError, type World } from '../types.ts';
import type { LocalFunctions } from './functions.ts';
import { inlineCode } from './inline-code.ts';
import { functionArn } from './name.ts';

const InFolder = z.object({ S3Key: z.string() });
const OfLayer = z.object({ Content: InFolder });
const OfFunction = z.object({ FunctionName: z.string() });
const OfAlias = z.object({ FunctionName: z.string(), Name: z.string() });
const To = z.optional(z.object({ Destination: z.string() }));

/** The properties that have no local meaning. */
const ignored =
  `Architectures CodeSigningConfigArn Description EphemeralStorage KmsKeyArn LoggingConfig RecursiveLoop Role
  RuntimeManagementConfig SnapStart Tags TracingConfig VpcConfig`.split(/\s+/);

/** The supported properties. Any other would change what the function does, and is refused. */
const FunctionProperties = z.strictObject({
  Code: z.union([InFolder, z.object({ ZipFile: z.string() })], 'only code from a folder is supported'),
  Handler: z.string(),
  Runtime: z.string().check(z.regex(/^nodejs\d+\.x$/, 'only Node.js runtimes are supported')),
  Environment: z.optional(z.object({ Variables: z.optional(z.record(z.string(), z.coerce.string())) })),
  Timeout: z._default(Count, 3),
  MemorySize: z._default(Count, 128),
  ReservedConcurrentExecutions: z.optional(Count),
  Layers: z._default(z.array(z.string()), []),
  FunctionName: z.optional(z.string()),
  PackageType: z.optional(z.literal('Zip')),
});

const InvokeConfigProperties = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.optional(Count),
  DestinationConfig: z.optional(z.object({ OnFailure: To, OnSuccess: To })),
});

/** Returns the handlers of the Lambda types of CloudFormation, except event source mappings. */
export function functionHandlers(functions: LocalFunctions): ResourceHandler[] {
  /** The paths of layers, by their ARNs. */
  const layers = new Map<string, string>();
  return [
    handleChanging('AWS::Lambda::LayerVersion', OfLayer, async ({ Content }, world, resource) => {
      const name = physicalName({ ...resource, type: 'AWS::Lambda::Layer' });
      const arn = `arn:aws:lambda:${world.region}:${world.account}:layer:${name}:1`;
      layers.set(arn, world.asset(Content.S3Key));
      return { ref: arn, attributes: { LayerVersionArn: arn } };
    }),
    {
      ...handleChanging(
        'AWS::Lambda::Function',
        ignoring(ignored, FunctionProperties),
        async (given, world, resource) => {
          const spec = functionSpec(given, nameOf(resource), layers, world);
          functions.define(spec);
          world.whenChanged(resource, [spec.codeDir, ...spec.layerDirs], async () => {
            functions.renew(spec.name);
            world.log.info(`↻ ${spec.name} has new code`);
          });
          return { ref: spec.name, attributes: { Arn: spec.arn } };
        },
      ),
      remove: (resource) => functions.remove(nameOf(resource)),
    },
    handleChanging('AWS::Lambda::Version', OfFunction, async ({ FunctionName }, world) => {
      const arn = functionArn(FunctionName, world);
      return { ref: `${arn}:1`, attributes: { Version: '1', FunctionArn: `${arn}:1` } };
    }),
    handleChanging('AWS::Lambda::Alias', OfAlias, async ({ FunctionName, Name }, world) => {
      const arn = `${functionArn(FunctionName, world)}:${Name}`;
      return { ref: arn, attributes: { AliasArn: arn } };
    }),
    {
      ...handle('AWS::Lambda::EventInvokeConfig', InvokeConfigProperties, async (given, _, { stack, logicalId }) => {
        functions.configureAsync(given.FunctionName, {
          maximumRetryAttempts: given.MaximumRetryAttempts,
          onFailure: given.DestinationConfig?.OnFailure?.Destination,
          onSuccess: given.DestinationConfig?.OnSuccess?.Destination,
        });
        return { ref: `${stack}-${logicalId}` };
      }),
      changes: true,
    },
  ];
}

/** The name of a function. One that the template doesn't give may have become too long for Lambda. */
const nameOf = (resource: Resource) => physicalName(resource).slice(-64);

type Layers = ReadonlyMap<string, string>;

function functionSpec(properties: z.output<typeof FunctionProperties>, name: string, layers: Layers, world: World) {
  return {
    name,
    arn: functionArn(name, world),
    codeDir:
      'S3Key' in properties.Code
        ? codeAsset(properties.Code.S3Key, world)
        : inlineCode(name, properties.Code.ZipFile, world.dataDir),
    layerDirs: properties.Layers.flatMap((arn) => layerDir(arn, layers, world)),
    handler: properties.Handler,
    runtime: properties.Runtime,
    environment: properties.Environment?.Variables ?? {},
    timeoutMs: properties.Timeout * 1000,
    memoryMiB: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
  };
}

/** The folder of a layer. One of somebody else can't be had: its function runs without. */
function layerDir(arn: string, layers: Layers, world: World): string[] {
  const path = layers.get(arn);
  if (path === undefined) {
    world.log.warn(`The layer ${arn} isn't in the assembly, so functions run without it.`);
    return [];
  }
  if (!fs.statSync(path).isDirectory())
    throw new StackError(`The layer ${arn} is an archive; the local stack takes layers from a folder.`);
  return [path];
}

function codeAsset(key: string, world: World): string {
  const folder = world.asset(key);
  if (!fs.statSync(folder).isDirectory())
    throw new StackError('Its code is an archive; the local stack runs code from a folder.');
  return folder;
}
