import * as z from 'zod/mini';
import { escapeHtml } from '../console/escape-html.ts';
import { page } from '../console/layout.ts';
import type { LocalPage } from '../console/local-page.ts';
import { Fault } from './fault.ts';
import type { FaultTable } from './table.ts';

/** What a POST asks for: with a seed, the table is cleared first, so that the same rows do the same again. */
const seed = z.optional(z.int().check(z.gte(0)));
const Change = z.strictObject({ seed, faults: z._default(z.array(Fault).check(z.maxLength(100)), []) });

/** Shows the fault table, and lets programs that can sign change it: POST adds rows, DELETE removes them all. */
export function faultPage(table: FaultTable): LocalPage {
  const json = () => ({ seed: table.seed, rows: table.rows });
  return {
    path: '/_local/faults',
    html() {
      const rows = table.rows.map(
        ({ fault, events, met }) =>
          `<article><h2>${escapeHtml(fault.kind)}: ${escapeHtml(fault.target)}</h2><p>${met} of ${events} events</p><p class="second">${escapeHtml(JSON.stringify(fault))}</p></article>`,
      );
      return page('Faults', rows.join('') || '<p>Nothing fails on purpose.</p>');
    },
    json,
    change(method, body) {
      const { seed, faults } = Change.parse(method === 'DELETE' ? { seed: table.seed } : body);
      if (seed !== undefined) table.clear(seed);
      table.add(...faults);
      return json();
    },
  };
}
