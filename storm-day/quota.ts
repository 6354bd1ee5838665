import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';

const Variables = z.record(z.string(), z.unknown());
const Template = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({ Properties: z.optional(z.looseObject({ Environment: z.optional(z.looseObject({ Variables })) })) }),
  ),
});

/**
 * Gives the app of an assembly another quota of requests per second, as the setting `requestsPerSecond` does: large rooms are posted to
 * with 70 % of it (decision 0135). A laptop posts far less than the 10 000 per second of an account at AWS.
 */
export function setQuota(assemblyDir: string, requestsPerSecond: number): void {
  const file = path.join(assemblyDir, 'storm-dev.template.json');
  const template = Template.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  for (const { Properties } of Object.values(template.Resources)) {
    const variables = Properties?.Environment?.Variables;
    if (variables?.['REQUESTS_PER_SECOND']) variables['REQUESTS_PER_SECOND'] = String(requestsPerSecond);
  }
  fs.writeFileSync(file, JSON.stringify(template));
}
