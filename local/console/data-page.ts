import * as z from 'zod/mini';
import { callService } from '../services/call.ts';
import { queuesOf } from '../services/sqs/index.ts';
import type { World } from '../types.ts';
import { escapeHtml } from './escape-html.ts';
import { page } from './layout.ts';
import type { LocalPage } from './local-page.ts';

/** How many items of a table are shown. */
const shownItems = 50;

const Tables = z.object({ TableNames: z.array(z.string()) });
const Items = z.object({ Items: z.array(z.record(z.string(), z.unknown())) });
const Queues = z.object({ QueueUrls: z._default(z.array(z.string()), []) });

type Names = readonly string[];

/** Shows the tables and queues of the app, and of the one that `?table=` or `?queue=` names what is in it, without receiving messages. */
export function dataPage(world: World, has: { readonly tables: boolean; readonly queues: boolean }): LocalPage {
  async function read(query: URLSearchParams) {
    const tables = has.tables
      ? Tables.parse(await callService(world, 'DynamoDB_20120810.ListTables', {})).TableNames
      : [];
    const queues = has.queues
      ? Queues.parse(await callService(world, 'AmazonSQS.ListQueues', {})).QueueUrls.map((url) =>
          url.slice(url.lastIndexOf('/') + 1),
        )
      : [];
    return { tables, queues, chosen: await choose(query, tables, queues) };
  }

  async function choose(query: URLSearchParams, tables: Names, queues: Names) {
    const [table, queue] = [query.get('table'), query.get('queue')];
    if (table !== null && tables.includes(table)) {
      const input = { TableName: table, Limit: shownItems };
      return { name: table, rows: Items.parse(await callService(world, 'DynamoDB_20120810.Scan', input)).Items };
    }
    return queue !== null && queues.includes(queue) ? { name: queue, rows: queuesOf(world).peek(queue) } : undefined;
  }

  return {
    path: '/_local/data',
    isPrivate: true,
    async html(query) {
      const { tables, queues, chosen } = await read(query);
      const links = (kind: string, names: readonly string[]) =>
        `<article><h2>${kind}s</h2>${names.map((name) => `<p><a href="?${kind}=${encodeURIComponent(name)}">${escapeHtml(name)}</a></p>`).join('')}</article>`;
      const rows = chosen?.rows.map(
        (row) => `<article><pre>${escapeHtml(JSON.stringify(row, null, 1))}</pre></article>`,
      );
      const content = chosen && `<h2>${escapeHtml(chosen.name)}</h2>${rows?.join('') || '<p>Empty.</p>'}`;
      return page('Data', `${content ?? ''}${links('table', tables)}${links('queue', queues)}`, false);
    },
    json: read,
  };
}
