import * as z from 'zod/mini';
import type { LocalFunctions } from '../functions/functions.ts';
import { InvokeError, type OpenSockets } from '../types.ts';
import { escapeHtml } from './escape-html.ts';
import type { JournalEntry } from './journal.ts';
import { page, rows } from './layout.ts';
import type { LocalPage } from './local-page.ts';

/** What the page about the stack shows. */
export interface Shown {
  /** Outputs with local addresses, by stack and name. */
  readonly outputs: Record<string, Record<string, string>>;
  /** The addresses of the services by their names. */
  readonly endpoints: Record<string, string>;
  /** How many resources of each type were created, and how many have no local meaning. */
  readonly resources: Record<string, number>;
  readonly skipped: Record<string, number>;
}

/** What the forms of the page send. */
const Form = z.discriminatedUnion('do', [
  z.object({ do: z.literal('post'), api: z.string(), id: z.string(), text: z.string() }),
  z.object({ do: z.literal('close'), api: z.string(), id: z.string() }),
  z.object({ do: z.literal('invoke'), name: z.string(), event: z.string() }),
]);

/** The most sockets that the page lists. */
const shownSockets = 100;

/** Shows the stack: addresses, resources, the latest invocations and open sockets. Its forms post to sockets, close them, and invoke functions. */
export function stackPage(functions: LocalFunctions, sockets: readonly OpenSockets[], shown: () => Shown): LocalPage {
  return {
    path: '/_local/',
    isPrivate: true,
    html() {
      const { outputs, endpoints, resources, skipped } = shown();
      return page(
        'Stack',
        [
          section('Outputs', rows(Object.assign({}, ...Object.values(outputs)))),
          section('Services', rows(endpoints)),
          section('Resources', rows(resources), false),
          section('Skipped', rows(skipped), false),
          section('Open sockets', sockets.map(socketList).join('') || '<p>The app has no WebSocket API.</p>'),
          section('Invoke a function', invokeForm(functions.names)),
          section('Latest invocations', functions.journal.entries.map(invocation).join('') || '<p>None yet.</p>'),
        ].join(''),
        false,
      );
    },
    json: () => ({ ...shown(), invocations: functions.journal.entries }),
    async submit(form) {
      const asked = Form.parse(Object.fromEntries(form));
      const api = 'api' in asked ? sockets.find(({ apiId }) => apiId === asked.api) : undefined;
      if (asked.do === 'post') api?.post(asked.id, asked.text);
      else if (asked.do === 'close') api?.close(asked.id);
      else if (asked.do === 'invoke')
        await functions.invokeAsync(asked.name, JSON.parse(asked.event)).catch(toRangeError);
      else asked satisfies never;
    },
  };
}

/** A name that no function has is a mistake of who asks. */
function toRangeError(error: unknown): never {
  throw error instanceof InvokeError ? new RangeError(error.message) : error;
}

function section(title: string, content: string, isOpen = true): string {
  return `<details${isOpen ? ' open' : ''}><summary><h2>${title}</h2></summary>${content}</details>`;
}

function invokeForm(names: readonly string[]): string {
  const options = names.map((name) => `<option>${escapeHtml(name)}</option>`).join('');
  return `<article><form method="post"><select name="name" aria-label="Function">${options}</select><textarea name="event" aria-label="Event" rows="3" cols="60">{}</textarea><button name="do" value="invoke">Invoke</button></form></article>`;
}

function socketList({ apiId, connections }: OpenSockets): string {
  const all = [...connections];
  const open = all.slice(0, shownSockets).map(({ id, connectedAt, lastActiveAt }) => {
    const hidden = `<input type="hidden" name="api" value="${escapeHtml(apiId)}"><input type="hidden" name="id" value="${escapeHtml(id)}">`;
    const send = `<input name="text" aria-label="Text for ${escapeHtml(id)}"><button name="do" value="post">Send</button><button name="do" value="close">Close</button>`;
    return `<tr><td><code>${escapeHtml(id)}</code></td><td>open since ${time(connectedAt)}, active ${time(lastActiveAt)}</td><td><form method="post">${hidden}${send}</form></td></tr>`;
  });
  return `<article><p>${all.length} of ${escapeHtml(apiId)}</p><table>${open.join('')}</table></article>`;
}

function invocation({ functionName, startedAt, event, lines, outcome }: JournalEntry): string {
  const state = !outcome
    ? 'runs'
    : outcome.failed
      ? '<span class="ALARM">failed</span>'
      : '<span class="OK">done</span>';
  const took = outcome ? `${outcome.durationMs.toFixed(0)} ms` : '';
  const pre = (title: string, text: string) => `<p class="second">${title}</p><pre>${escapeHtml(text)}</pre>`;
  return `<article><details><summary>${time(startedAt)} <b>${escapeHtml(functionName)}</b> ${state} ${took}</summary>${pre('Event', event)}${pre('Result', outcome?.payload ?? '')}${pre('Log', lines.join('\n'))}</details></article>`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
