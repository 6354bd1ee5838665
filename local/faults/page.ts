import * as z from 'zod/mini';
import { escapeHtml } from '../console/escape-html.ts';
import { page } from '../console/layout.ts';
import type { LocalPage } from '../console/local-page.ts';
import { Fault } from './fault.ts';
import type { FaultTable } from './table.ts';

/** What a POST asks for: with a seed, the table is cleared first, so that the same rows do the same again. */
const seed = z.optional(z.int().check(z.gte(0)));
const Change = z.strictObject({ seed, faults: z._default(z.array(Fault).check(z.maxLength(100)), []) });

/** What the form sends, empty where nothing was filled in. */
const Form = z.object({ kind: z.string(), target: z.string(), ms: z.string(), minutes: z.string() });

const form = `<article><form method="post"><select name="kind" aria-label="Fault">${Fault.def.options
  .map(({ shape }) => `<option>${shape.kind.def.values[0]}</option>`)
  .join(
    '',
  )}</select><input name="target" value="*" aria-label="Target" title="A service such as DYNAMODB, a function, or the id of a WebSocket API; * stands for any characters"><input name="ms" type="number" placeholder="ms, if it needs them" aria-label="Milliseconds"><input name="minutes" type="number" value="1" aria-label="For how many minutes"><button name="do" value="add">Switch on</button><button name="do" value="clear">Switch all off</button></form></article>`;

/**
 * Shows the fault table. A form adds a row for some minutes, or removes all, and programs that can sign change it: POST adds rows, DELETE
 * removes them all.
 */
export function faultPage(table: FaultTable): LocalPage {
  const json = () => ({ seed: table.seed, rows: table.rows });
  return {
    path: '/_local/faults',
    html() {
      const rows = table.rows.map(
        ({ fault, events, met }) =>
          `<article><h2>${escapeHtml(fault.kind)}: ${escapeHtml(fault.target)}</h2><p>${met} of ${events} events</p><p class="second">${escapeHtml(JSON.stringify(fault))}</p></article>`,
      );
      return page('Faults', form + (rows.join('') || '<p>Nothing fails on purpose.</p>'), false);
    },
    json,
    submit(sent) {
      if (sent.get('do') === 'clear') return table.clear(table.seed);
      const { kind, target, ms, minutes } = Form.parse(Object.fromEntries(sent));
      const until = Date.now() + 60_000 * Number(minutes || 1);
      table.add(Fault.parse({ kind, target, until, ...(ms !== '' && { ms: Number(ms) }) }));
    },
    change(method, body) {
      const { seed, faults } = Change.parse(method === 'DELETE' ? { seed: table.seed } : body);
      if (seed !== undefined) table.clear(seed);
      table.add(...faults);
      return json();
    },
  };
}
