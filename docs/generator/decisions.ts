import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../decisions/', import.meta.url);
const marker = '<!-- Below: written by `npm run documents`. -->\n';

export interface DecisionRecord {
  readonly file: string;
  readonly number: string;
  readonly title: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly area: string;
  /** Markdown, which may link later records of the same folder. */
  readonly status: string;
}

/** Reads the head of a record: `# 0001 Title`, an empty line, `date · area · status`. @throws Error for any other head. */
export function decisionRecord(file: string, text: string): DecisionRecord {
  const head = /^# (\d{4}) (.+)\n\n(\d{4}-\d\d-\d\d) · ([^·\n]+) · (accepted.*)\n/.exec(text);
  const [, number, title, date, area, status] = head ?? [];
  if (!number || !title || !date || !area || !status || !file.startsWith(number))
    throw new Error(`${file} must begin with "# NNNN Title", an empty line, and "date · area · accepted"`);
  return { file, number, title, date, area, status };
}

/** Returns `docs/decisions/README.md`: the part that people write, and below it the records by area. */
export function decisionIndex(): string {
  const files = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));
  const records = files.sort().map((file) => decisionRecord(file, readFileSync(new URL(file, folder), 'utf8')));
  for (const { file, status } of records)
    for (const [, link = ''] of status.matchAll(/\]\(([^)]*)\)/g))
      if (!files.includes(link)) throw new Error(`${file} is changed by ${link}, which is not there`);
  const areas = [...Map.groupBy(records, ({ area }) => area)].sort(([a], [b]) => a.localeCompare(b));
  const [written] = readFileSync(new URL('README.md', folder), 'utf8').split(marker);
  return written + marker + areas.map(([area, ofArea]) => section(area, ofArea)).join('');
}

function section(area: string, records: readonly DecisionRecord[]): string {
  const rows = records.map(
    ({ number, file, title, date, status }) => `| [${number}](${file}) | ${title} | ${date} | ${status} |\n`,
  );
  const heading = area.charAt(0).toUpperCase() + area.slice(1);
  return `\n## ${heading}\n\n| | decision | date | status |\n|---|---|---|---|\n${rows.join('')}`;
}
