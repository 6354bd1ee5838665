import { escapeHtml } from './escape-html.ts';

const style = `
:root{color-scheme:light dark;--ground:oklch(97% .008 260);--surface:oklch(100% 0 260);--line:oklch(91% .01 260);--text:oklch(22% .012 260);--second:oklch(46% .012 260);--danger:oklch(55% .19 25);--warn:oklch(50% .12 80);--good:oklch(50% .13 150)}
@media(prefers-color-scheme:dark){:root{--ground:oklch(16% .01 260);--surface:oklch(20% .01 260);--line:oklch(30% .01 260);--text:oklch(94% .005 260);--second:oklch(72% .01 260);--danger:oklch(72% .16 25);--warn:oklch(80% .13 80);--good:oklch(78% .14 150)}}
body{margin:0;padding:24px;background:var(--ground);color:var(--text);font:15px/24px Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:22px;font-weight:600;margin:0 0 16px}h2{font-size:16px;font-weight:600;margin:0}p{margin:4px 0;max-width:78ch}nav a{margin-right:16px;color:inherit}
article{background:var(--surface);border-radius:12px;padding:12px 16px;margin-bottom:8px;overflow:auto;min-width:0}.second,.text p{color:var(--second);font-size:13px;line-height:18px}
.ALARM{color:var(--danger)}.OK{color:var(--good)}.INSUFFICIENT_DATA{color:var(--warn)}
.grid{display:grid;grid-template-columns:repeat(24,1fr);gap:8px}.grid article{margin:0;grid-column:var(--x)/span var(--w);grid-row:var(--y)/span var(--h)}.grid .text{background:none;padding:0 16px}
svg{display:block;width:100%;height:auto}svg text{font-size:10px;fill:var(--second)}.limit{stroke:var(--danger)}.axis{stroke:var(--line)}
ul{list-style:none;margin:4px 0 0;padding:0;font-size:12px;line-height:16px}li{display:inline-block;margin-right:12px}li b{font-weight:600}.number{font-size:28px;line-height:34px}
summary{cursor:pointer}summary h2{display:inline}table{border-collapse:collapse}th,td{text-align:left;font-weight:400;padding:2px 16px 2px 0;vertical-align:top}th{color:var(--second)}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font-size:13px;line-height:18px}form{display:flex;gap:8px;flex-wrap:wrap;align-items:start}
@media(max-width:1000px){.grid{display:block}.grid article{margin-bottom:8px}}`;

/** A page about the stack, in light or dark. It has no scripts, and loads itself again by itself unless somebody types there. */
export function page(title: string, content: string, isReloaded = true): string {
  const reload = isReloaded ? '<meta http-equiv="refresh" content="20">' : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${reload}<title>${escapeHtml(title)}</title><style>${style}</style></head><body><nav><a href="/_local/">Stack</a><a href="/_local/data">Data</a><a href="/_local/dashboards">Dashboards</a><a href="/_local/alarms">Alarms</a><a href="/_local/mails">Mails</a><a href="/_local/faults">Faults</a></nav><h1>${escapeHtml(title)}</h1>${content}</body></html>`;
}

/** A table of names and what each is. */
export function rows(values: Readonly<Record<string, string | number>>): string {
  const cells = Object.entries(values).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<article><table>${cells.join('')}</table></article>`;
}
