import packageJson from '../../package.json' with { type: 'json' };
import { apiPage } from './api.ts';
import { asyncapi } from './asyncapi.ts';
import { decisionIndex } from './decisions.ts';
import { metricsList } from './metrics.ts';
import { openapi } from './openapi.ts';

export type DocumentName = 'openapi.json' | 'api.md' | 'asyncapi.json' | 'decisions/README.md' | 'metrics.md';

/** Returns the text of each generated document, by the name of its file in `docs/`. */
export async function documents(): Promise<Record<DocumentName, string>> {
  const { version } = packageJson;
  const http = await openapi(version);
  return {
    'openapi.json': text(http),
    'api.md': apiPage(http),
    'asyncapi.json': text(await asyncapi(version)),
    'decisions/README.md': decisionIndex(),
    'metrics.md': metricsList(),
  };
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
