import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import { StackError } from '../types.ts';
import { Template } from './template.ts';

const Manifest = z.object({
  artifacts: z._default(
    z.record(
      z.string(),
      z.object({
        type: z.string(),
        environment: z.optional(z.string()),
        dependencies: z._default(z.array(z.string()), []),
        displayName: z.optional(z.string()),
        additionalMetadataFile: z.optional(z.string()),
        properties: z._default(
          z.object({
            templateFile: z.optional(z.string()),
            stackName: z.optional(z.string()),
            file: z.optional(z.string()),
            directoryName: z.optional(z.string()),
          }),
          {},
        ),
      }),
    ),
    {},
  ),
});

/** What constructs have noted about themselves, by their paths. */
const Metadata = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.optional(z.unknown()) })));

const AssetManifest = z.object({
  files: z._default(
    z.record(
      z.string(),
      z.object({
        source: z.object({ path: z.optional(z.string()) }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    ),
    {},
  ),
});

export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
}

/** The content of a cloud assembly, which `cdk synth` writes. */
export interface Assembly {
  /** The stacks in an order in which each comes after those that it depends on. */
  readonly stacks: readonly AssemblyStack[];
  /** The path of each file asset, by the key of its S3 object. */
  readonly assets: ReadonlyMap<string, string>;
  readonly account: string;
  readonly region: string;
  /** What the app warns of (`Annotations` of the CDK). */
  readonly warnings: readonly string[];
}

/** Reads a cloud assembly (`cdk.out`) with its nested assemblies. @throws StackError when it can't be read. */
export function readAssembly(directory: string): Assembly {
  const stacks: AssemblyStack[] = [];
  const assets = new Map<string, string>();
  const environments = new Set<string>();
  const warnings = new Set<string>();
  readInto(directory);
  if (!stacks.length) throw new StackError(`There is no stack in the assembly ${directory}.`);
  const known = [...environments].filter((environment) => !environment.includes('unknown-region'));
  if (new Set(known).size > 1)
    throw new StackError(`The stacks are made for several environments: ${known.join(', ')}.`);
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(known[0] ?? '') ?? [];
  return {
    stacks,
    assets,
    account: account && account !== 'unknown-account' ? account : '000000000000',
    region: region ?? 'us-east-1',
    warnings: [...warnings],
  };

  function readInto(folder: string): void {
    const { artifacts } = readJson(path.join(folder, 'manifest.json'), Manifest);
    const seen = new Set<string>();
    for (const id of Object.keys(artifacts)) visit(id);

    function visit(id: string): void {
      const artifact = artifacts[id];
      if (!artifact || seen.has(id)) return;
      seen.add(id);
      for (const dependency of artifact.dependencies) visit(dependency);
      const { templateFile, stackName = id, file, directoryName } = artifact.properties;
      if (artifact.type === 'aws:cloudformation:stack' && templateFile) {
        stacks.push({ name: stackName, template: readJson(path.join(folder, templateFile), Template) });
        if (artifact.environment) environments.add(artifact.environment);
        if (artifact.additionalMetadataFile) readWarnings(path.join(folder, artifact.additionalMetadataFile));
      } else if (artifact.type === 'cdk:asset-manifest' && file) readAssets(folder, file);
      else if (artifact.type === 'cdk:cloud-assembly' && directoryName) readInto(path.join(folder, directoryName));
    }
  }

  function readWarnings(file: string): void {
    for (const { type, data } of Object.values(readJson(file, Metadata)).flat())
      if (type === 'aws:cdk:warning') warnings.add(String(data));
  }

  function readAssets(folder: string, file: string): void {
    for (const { source, destinations } of Object.values(readJson(path.join(folder, file), AssetManifest).files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path.join(folder, source.path));
    }
  }
}

function readJson<T extends z.ZodMiniType>(file: string, schema: T): z.output<T> {
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackError(`Can't read ${file}: ${error instanceof Error ? error.message : error}`);
  }
  const result = schema.safeParse(content);
  if (!result.success) throw new StackError(`Can't read ${file}: ${z.prettifyError(result.error)}`);
  return result.data;
}
