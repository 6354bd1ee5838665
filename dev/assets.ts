import * as z from 'zod/mini';
import { readAssembly } from '#local/assembly/manifest.ts';

const CodeProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.object({ FUNCTION: z.string() }) }),
});
const DeploymentProperties = z.object({ SourceObjectKeys: z.tuple([z.string()], z.unknown()) });

export interface AssetFolders {
  /** By the function's folder below `lambdas/`. */
  readonly functions: ReadonlyMap<string, string>;
  readonly page: string;
}

/** Where an assembly of this app has what runs. */
export function assetFolders(assemblyDir: string): AssetFolders {
  const { stacks, assets } = readAssembly(assemblyDir);
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources));
  const propertiesOf = (type: string) => resources.filter(({ Type }) => Type === type).map((each) => each.Properties);
  const folder = (key: string): string => {
    const found = assets.get(key);
    if (found === undefined) throw new Error(`The assembly has no asset ${key}`);
    return found;
  };
  const functions = new Map<string, string>();
  for (const properties of propertiesOf('AWS::Lambda::Function')) {
    // CDK's own functions have no name of a service.
    const { data } = CodeProperties.safeParse(properties);
    if (data) functions.set(data.Environment.Variables.FUNCTION, folder(data.Code.S3Key));
  }
  const [deployment] = propertiesOf('Custom::CDKBucketDeployment');
  const [page] = DeploymentProperties.parse(deployment).SourceObjectKeys;
  return { functions, page: folder(page) };
}
