/**
 * Checks what a deployment needs, before it makes anything: `npm run preflight -- -c stage=prod`, with the context values of
 * `npx cdk deploy`. The exit code is 1 if something stands in the way.
 */
import { parseArgs } from 'node:util';
import { readSettings } from '#lib/settings.ts';
import cdkJson from '../cdk.json' with { type: 'json' };
import { preflight } from './preflight/checks.ts';
import { restoredStages } from './restore/file.ts';

const { values } = parseArgs({ options: { context: { type: 'string', short: 'c', multiple: true, default: [] } } });
const given = values.context.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]);
const context: Record<string, unknown> = { ...cdkJson.context, ...Object.fromEntries(given) };

const findings = await preflight((region) => readSettings((key) => context[key], region, restoredStages()));
const signs = { good: '✓', note: '•', bad: '✗' };
for (const { state, text } of findings) console.log(`${signs[state]} ${text}`);

const failed = findings.filter(({ state }) => state === 'bad').length;
const args = given.map(([key, value]) => ` -c ${key}=${value}`).join('');
console.log(
  failed > 0
    ? `\nNothing was made. ${failed === 1 ? 'One thing stands' : `${failed} things stand`} in the way.`
    : `\nNothing stands in the way of: npx cdk deploy${args}`,
);
process.exitCode = failed > 0 ? 1 : 0;
