import * as path from 'node:path';
import * as z from 'zod/mini';
import { readJson } from '../json-file.ts';
import { StackError } from '../types.ts';
import { Template } from './template.ts';

const text = z.optional(z.string());
const Manifest = z.object({
  artifacts: z._default(
    z.record(
      z.string(),
      z.object({
        type: z.string(),
        environment: text,
        dependencies: z._default(z.array(z.string()), []),
        additionalMetadataFile: text,
        properties: z._default(z.object({ templateFile: text, stackName: text, file: text, directoryName: text }), {}),
      }),
    ),
    {},
  ),
});

/** What constructs have noted about themselves, by their paths. */
const Metadata = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.optional(z.unknown()) })));

const Source = z.object({ path: z.optional(z.string()) });
const Destinations = z.record(z.string(), z.object({ objectKey: z.string() }));
const AssetManifest = z.object({
  files: z._default(z.record(z.string(), z.object({ source: Source, destinations: Destinations })), {}),
});

/** The content of a cloud assembly, which `cdk synth` writes. */
export type Assembly = ReturnType<typeof readAssembly>;
export type AssemblyStack = { readonly name: string; readonly template: Template };

/** Reads a cloud assembly (`cdk.out`) with its nested assemblies. @throws StackError when it can't be read. */
export function readAssembly(directory: string) {
  /** The stacks in an order in which each comes after those that it depends on. */
  const stacks: AssemblyStack[] = [];
  /** The path of each file asset, by the key of its S3 object. */
  const assets = new Map<string, string>();
  const environments: string[] = [];
  /** What the app warns of (`Annotations` of the CDK). */
  const warnings = new Set<string>();
  readInto(directory);
  if (!stacks.length) throw new StackError(`There is no stack in the assembly ${directory}.`);
  const known = environments.filter((environment) => !environment.includes('unknown-region'));
  const main = busiest(environments, stacks) ?? known[0];
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(main ?? '') ?? [];
  if (new Set(known).size > 1)
    warnings.add(
      `The stacks are made for several environments (${[...new Set(known)].join(', ')}). Here all are in ${main}.`,
    );
  const isKnown = account !== undefined && account !== 'unknown-account';
  const place = { account: isKnown ? account : '000000000000', region: region ?? 'us-east-1' };
  return { stacks, assets, ...place, warnings: [...warnings] };

  function readInto(folder: string): void {
    const { artifacts } = read(folder, 'manifest.json', Manifest);
    const seen = new Set<string>();
    for (const id of Object.keys(artifacts)) visit(id);

    function visit(id: string): void {
      const artifact = artifacts[id];
      if (!artifact || seen.has(id)) return;
      seen.add(id);
      for (const dependency of artifact.dependencies) visit(dependency);
      const { templateFile, stackName = id, file, directoryName } = artifact.properties;
      if (artifact.type === 'aws:cloudformation:stack' && templateFile) {
        stacks.push({ name: stackName, template: read(folder, templateFile, Template) });
        environments.push(artifact.environment ?? 'unknown-region');
        if (artifact.additionalMetadataFile) readWarnings(folder, artifact.additionalMetadataFile);
      } else if (artifact.type === 'cdk:asset-manifest' && file) readAssets(folder, file);
      else if (artifact.type === 'cdk:cloud-assembly' && directoryName) readInto(path.join(folder, directoryName));
    }
  }

  function readWarnings(folder: string, file: string): void {
    for (const { type, data } of Object.values(read(folder, file, Metadata)).flat())
      if (type === 'aws:cdk:warning') warnings.add(String(data));
  }

  function readAssets(folder: string, file: string): void {
    for (const { source, destinations } of Object.values(read(folder, file, AssetManifest).files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path.resolve(folder, source.path));
    }
  }
}

/** The environment of the stacks with the most functions: others have certificates and the like, which aren't run. */
function busiest(environments: readonly string[], stacks: readonly AssemblyStack[]): string | undefined {
  const functions = new Map<string, number>();
  for (const [i, { template }] of stacks.entries()) {
    const environment = environments[i] ?? '';
    if (environment.includes('unknown-region')) continue;
    const count = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function').length;
    functions.set(environment, (functions.get(environment) ?? 0) + count);
  }
  return [...functions].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function read<T extends z.ZodMiniType>(folder: string, file: string, schema: T): z.output<T> {
  const content = readJson(path.join(folder, file), schema);
  if (content !== undefined) return content;
  throw new StackError(
    `${folder} is no cloud assembly, since it has no ${file}: name the folder that cdk synth wrote, such as cdk.out.`,
  );
}
