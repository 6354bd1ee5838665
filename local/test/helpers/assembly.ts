import * as fs from 'node:fs';
import * as path from 'node:path';

export type TestTemplate = Readonly<Record<string, unknown>> & { readonly Resources: Readonly<Record<string, object>> };

/** Writes a cloud assembly as `cdk synth` does. Each stack depends on those before it. `code` maps asset names to files. */
export function writeAssembly(
  directory: string,
  templates: Readonly<Record<string, TestTemplate>>,
  code: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  warnings: readonly string[] = [],
): void {
  fs.mkdirSync(directory, { recursive: true });
  const write = (file: string, content: unknown) =>
    fs.writeFileSync(path.join(directory, file), JSON.stringify(content));
  const names = Object.keys(templates);
  const artifacts: Record<string, unknown> = {
    Assets: { type: 'cdk:asset-manifest', properties: { file: 'Assets.json' } },
  };
  for (const [i, name] of names.entries()) {
    write(`${name}.template.json`, templates[name]);
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      dependencies: ['Assets', ...names.slice(0, i)],
      ...(warnings.length > 0 && { additionalMetadataFile: 'metadata.json' }),
    };
  }
  write('metadata.json', { '/S': warnings.map((data) => ({ type: 'aws:cdk:warning', data })) });
  const files: Record<string, unknown> = {};
  for (const [asset, contents] of Object.entries(code)) {
    const folder = path.join(directory, `asset.${asset}`);
    for (const [file, text] of Object.entries(contents)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    files[asset] = {
      source: { path: `asset.${asset}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${asset}.zip` } },
    };
  }
  write('Assets.json', { version: '55.0.0', files });
  // Only the dependencies say in which order the stacks come, so the artifacts are reversed.
  write('manifest.json', { version: '55.0.0', artifacts: Object.fromEntries(Object.entries(artifacts).reverse()) });
}

/** Returns a function resource whose code is an asset of `writeAssembly`. */
export const functionResource = (asset: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:aws:iam::000000000000:role/any',
    ...properties,
  },
});

/** The resource of a table whose key is the string `id`. */
export const tableResource = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};
