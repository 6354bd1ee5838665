import { escapeHtml } from '../console/escape-html.ts';
import { page } from '../console/layout.ts';
import type { LocalPage } from '../console/local-page.ts';
import { StackError } from '../types.ts';
import { stateText } from './alarm-page.ts';
import type { Alarms } from './alarms.ts';
import { chart, shown } from './chart.ts';
import type { Dashboard, Widget } from './dashboard.ts';
import { type Figures, keptMs } from './figures.ts';
import { valuesOf } from './queries.ts';

const minuteMs = 60_000;
type Drawn = Extract<Widget['content'], { kind: 'graph' | 'numbers' }>;

/** Draws the dashboards of a stack from its figures: all that are kept, up to now. */
export function dashboardPage(dashboards: readonly Dashboard[], alarms: Alarms, figures: Figures): LocalPage {
  /** The last period is the one that is under way. */
  function linesOf({ lines, queries, periodMs }: Drawn) {
    const last = (Math.floor(figures.now() / minuteMs) + 1) * minuteMs;
    const count = Math.max(1, Math.floor(keptMs / periodMs));
    const ends = Array.from({ length: count }, (_, i) => last - (count - 1 - i) * periodMs);
    const values = (id: string) => valuesOf(id, queries, figures, periodMs, ends);
    return lines.map(({ id, label, axis }) => ({ label, axis, values: values(id) }));
  }

  function draw({ content }: Widget): string {
    switch (content.kind) {
      case 'text':
        return markdown(content.markdown);
      case 'unknown':
        return `<p class="second">${escapeHtml(content.why)}</p>`;
      case 'alarms': {
        const states = alarms.states.filter(({ alarm }) => content.arns.includes(alarm.arn));
        const items = states.map(
          ({ alarm, state }) => `<li><b class="${state}">${stateText[state]}</b> ${escapeHtml(alarm.name)}</li>`,
        );
        return `<ul>${items.join('')}</ul>`;
      }
      case 'numbers':
        return linesOf(content)
          .map(({ label, values }) => `<p><span class="number">${shown(values.at(-1))}</span> ${escapeHtml(label)}</p>`)
          .join('');
      case 'graph':
        return chart(linesOf(content), content);
      default:
        return content satisfies never;
    }
  }

  function article(widget: Widget): string {
    const { x, y, width, height } = widget.place;
    const place = `--x:${x + 1};--w:${width};--y:${y + 1};--h:${height}`;
    const title = widget.title ? `<h2>${escapeHtml(widget.title)}</h2>` : '';
    return `<article class="${widget.content.kind}" style="${place}">${title}${orWhyNot(() => draw(widget))}</article>`;
  }

  return {
    path: '/_local/dashboards',
    html: () =>
      page(
        'Dashboards',
        dashboards
          .map(
            ({ name, widgets }) =>
              `<h2>${escapeHtml(name)}</h2><div class="grid">${widgets.map(article).join('')}</div>`,
          )
          .join('') || '<p>The app has no dashboards.</p>',
      ),
    json: () => ({
      dashboards: dashboards.map(({ name, widgets }) => ({
        name,
        widgets: widgets.flatMap(({ title, content }) =>
          content.kind === 'graph' || content.kind === 'numbers' ? { title, lines: linesOf(content) } : [],
        ),
      })),
    }),
  };
}

/** A widget that can't be drawn doesn't hide the others. */
function orWhyNot(draw: () => string): string {
  try {
    return draw();
  } catch (error) {
    if (error instanceof StackError) return `<p class="second">${escapeHtml(error.message)}</p>`;
    throw error;
  }
}

/** The part of Markdown that texts on dashboards need: headings, bold, code, and the texts of links. */
function markdown(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const content = escapeHtml(line.replace(/^#+ /, ''))
        .replace(/\*\*(.+?)\*\*/g, '<b>$1</b>')
        .replace(/`([^`]+)`/g, '<code>$1</code>')
        .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
      return line.startsWith('#') ? `<h2>${content}</h2>` : `<p>${content}</p>`;
    })
    .join('');
}
