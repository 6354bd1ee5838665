import type { Conversation, Seen, Tried, Version } from '../facts/conversation.ts';
import type { MakeRule } from './rule.ts';

/** Whatever somebody saw, somebody must have sent, and it must not have been refused. */
export const phantom: MakeRule = (facts, report) => ({
  end() {
    for (const conversation of facts.conversations.values())
      for (const [seq, seen] of conversation.messages) {
        const why = wrongOrigin(conversation, seen);
        if (why) {
          report('phantom', `${conversation.id} ${seq} ${why.text}.`, [seen.line, ...why.lines]);
          continue;
        }
        for (const [updated, version] of seen.versions) {
          const wrong = wrongState(conversation, seq, version);
          if (wrong) report('phantom', `${conversation.id} ${seq}, as of ${updated}, ${wrong}.`, [version.line]);
        }
      }
  },
});

function wrongOrigin({ sent }: Conversation, { message }: Seen): { text: string; lines: number[] } | undefined {
  const attempts = sent.get(message.id)?.attempts;
  if (!attempts) return { text: 'was sent by nobody', lines: [] };
  const lines = attempts.flatMap(({ line, end }) => [line, ...(end ? [end.line] : [])]);
  if (!attempts.some(mayHaveHappened)) return { text: 'is there, although it was refused', lines };
  if (!attempts.some(({ user }) => user === message.from)) return { text: `isn’t by ${message.from}`, lines };
  if (!attempts.some(({ replyTo }) => replyTo === message.replyTo)) return { text: 'answers another message', lines };
  return undefined;
}

function wrongState({ sent, revisions }: Conversation, seq: number, { message }: Version): string | undefined {
  const possible = (revisions.get(seq) ?? []).filter(mayHaveHappened);
  if (message.deleted) return possible.some(({ f }) => f === 'delete') ? undefined : 'is deleted, and nobody did that';
  const bodies = sent.get(message.id)?.attempts.filter(mayHaveHappened) ?? [];
  const edits = possible.filter(({ f }) => f === 'edit');
  return [...bodies, ...edits].some(({ body }) => body === message.body) ? undefined : 'has a text that nobody wrote';
}

function mayHaveHappened({ end }: Tried): boolean {
  return end?.type !== 'fail';
}
