import type { RequestListener } from 'node:http';
import { page, rows } from '../console/layout.ts';

/** Serves the outputs of an app without a distribution, as a page and as `/config.json`. */
export function outputsPage(outputs: () => Record<string, Record<string, string>>): RequestListener {
  return (request, response) => {
    const all = Object.assign({}, ...Object.values(outputs()));
    if (request.url === '/config.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(all));
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page('Outputs', rows(all)));
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    }
  };
}
