import type { Notice } from './notice.ts';

const signs = { raised: '🔴', over: '🟢', unknown: '⚪' } as const;
const words = { raised: 'is raised', over: 'is over', unknown: '' } as const;

/** The most characters of each text after escaping. Six of them fit into the 3 000 of a section of Slack; Discord allows 4 096. */
const longest = 400;

/** Escapes each character, and cuts the text where it would be too long, so that no escape is cut. */
const bounded = (escaping: (character: string) => string) => (text: string) => {
  let escaped = '';
  for (const character of text) {
    const next = escaping(character);
    if (escaped.length + next.length >= longest) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
};

/** These are the only characters with a meaning in text that is not ours ("Formatting text for app surfaces" of Slack). */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const forSlack = bounded((character) => entities[character] ?? character);

/** Characters that begin mark-up, a mention or a link get a backslash ("Markdown Text 101" of Discord). */
const forDiscord = bounded((character) => character.replace(/[\\*_~`>|#@<:[\]()-]/, '\\$&'));

/** A message for an incoming webhook of Slack. */
export function slackBody(notice: Notice): object {
  const seconds = Math.floor(notice.since / 1_000);
  const since = `<!date^${seconds}^{date_short_pretty} {time}|${new Date(notice.since).toISOString()}>`;
  const link = notice.link && `<${notice.link}|Alarm>`;
  const title = `${signs[notice.state]} ${forSlack(notice.title)} ${words[notice.state]}`.trim();
  const text = linesOf(notice, { quote: forSlack, bold: (label) => `*${label}*`, since, link });
  return {
    // What a notification of the phone shows.
    text: title,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `*${title}*\n${text}` } }],
  };
}

const colours = { raised: 0xd92d20, over: 0x12b76a, unknown: 0x98a2b3 } as const;

/** A message for a webhook of Discord. It mentions nobody, whatever its text is. */
export function discordBody(notice: Notice): object {
  const since = `<t:${Math.floor(notice.since / 1_000)}:f>`;
  const link = notice.link && `[Alarm](${notice.link})`;
  return {
    content: `${signs[notice.state]} **${forDiscord(notice.title)}** ${words[notice.state]}`.trim(),
    embeds: [
      {
        description: linesOf(notice, { quote: forDiscord, bold: (label) => `**${label}**`, since, link }),
        color: colours[notice.state],
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

interface MarkUp {
  readonly quote: (text: string) => string;
  readonly bold: (label: string) => string;
  readonly since: string;
  readonly link: string | undefined;
}

function linesOf({ means, values, first, runbook, state }: Notice, { quote, bold, since, link }: MarkUp): string {
  const line = (label: string, text: string | undefined) => text && `${bold(label)} ${text}`;
  return [
    quote(means),
    line('Since', since),
    line('Value', values && quote(values)),
    line('First', state === 'raised' && first ? quote(first) : undefined),
    line('Runbook', runbook && quote(runbook)),
    link,
  ]
    .filter((text) => text)
    .join('\n');
}
