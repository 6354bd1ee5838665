import type { RequestListener } from 'node:http';
import { escapeHtml } from '../console/escape-html.ts';

/** Serves the outputs of an app without a distribution, as a page and as `/config.json`. */
export function outputsPage(outputs: () => Record<string, Record<string, string>>): RequestListener {
  return (request, response) => {
    const all = Object.assign({}, ...Object.values(outputs()));
    if (request.url === '/config.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(all));
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(all));
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    }
  };
}

function pageOf(outputs: Record<string, unknown>): string {
  const rows = Object.entries(outputs).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Local stack</title><h1>Outputs</h1><dl>${rows.join('')}</dl></html>`;
}
