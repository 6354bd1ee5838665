import packageJson from '../../package.json' with { type: 'json' };
import { asyncapi } from './asyncapi.ts';
import { openapi } from './openapi.ts';

/** Returns the text of each generated document, by the name of its file in `docs/`. */
export async function documents(): Promise<Record<'openapi.json' | 'asyncapi.json', string>> {
  const { version } = packageJson;
  return { 'openapi.json': text(await openapi(version)), 'asyncapi.json': text(await asyncapi(version)) };
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
