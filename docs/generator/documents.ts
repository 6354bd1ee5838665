import packageJson from '../../package.json' with { type: 'json' };
import { asyncapi } from './asyncapi.ts';
import { openapi } from './openapi.ts';

/** The generated documents, by the names of their files in `docs/`. */
export async function documents(): Promise<Record<'openapi.json' | 'asyncapi.json', string>> {
  const { version } = packageJson;
  return { 'openapi.json': text(await openapi(version)), 'asyncapi.json': text(await asyncapi(version)) };
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
