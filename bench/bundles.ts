import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import { readAssembly } from '#local/assembly/manifest.ts';
import { median, type Row } from './rows.ts';

const imports = 7;

/** A KB of the budgets is 1 024 bytes. */
const sizeBudgets: Readonly<Record<string, number>> = {
  connect: 150,
  message: 150,
  disconnect: 150,
  authorizer: 80,
  token: 80,
};
const importBudgets: Readonly<Record<string, number>> = { message: 40 };

const FunctionProperties = z.object({
  Handler: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Environment: z.optional(z.object({ Variables: z.record(z.string(), z.unknown()) })),
});

/** Measures the size of each function's deployed code, and the time that a new process takes to import it. */
export function measureBundles(assemblyDir: string): Row[] {
  const { stacks, assets } = readAssembly(assemblyDir);
  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources));
  return resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .flatMap((resource) => {
      const { Handler, Code, Environment } = FunctionProperties.parse(resource.Properties);
      const variables = Environment?.Variables ?? {};
      const folder = assets.get(Code.S3Key);
      const name = variables['FUNCTION'];
      // CDK's own functions have no such name.
      if (folder === undefined || typeof name !== 'string') return [];
      const module = path.join(folder, `${Handler.split('.')[0]}.mjs`);
      const group = `Function ${name}`;
      const times = Array.from({ length: imports }, () => importTime(module, variables));
      return [
        { group, name: 'bundle', value: fs.statSync(module).size / 1024, unit: 'KB', budget: sizeBudgets[name] },
        { group, name: 'import', value: median(times), unit: 'ms', budget: importBudgets[name] },
      ];
    });
}

/** Gives variables that only a deployment knows a placeholder. This is enough, because no module calls a service when it is imported. */
function importTime(module: string, variables: Readonly<Record<string, unknown>>): number {
  const known = Object.entries(variables).filter(([, value]) => typeof value === 'string');
  const unknown = Object.keys(variables).map((key) => [key, 'https://placeholder.invalid']);
  const env = {
    ...Object.fromEntries(unknown),
    JWKS: '{"keys":[]}',
    ...Object.fromEntries(known),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
  const script = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(module).href)});
    process.stdout.write(String(performance.now() - start), () => process.exit());`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env, encoding: 'utf8' }));
}
