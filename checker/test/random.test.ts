import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/helpers/runs.ts';
import type { RuleName } from '../findings.ts';
import type { Event, Message } from '../history.ts';
import { judge } from '../judge.ts';
import { Parser } from '../parse.ts';
import { type Below, Model } from './model.ts';
import { room } from './story.ts';

type Line = ReturnType<typeof JSON.parse>;

function numbersFrom(seed: number): Below {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return bound === 0 ? 0 : Math.floor((state / 2 ** 32) * bound);
  };
}

function historyOf(seed: number): Line[] {
  const model = new Model(numbersFrom(seed));
  model.run(150);
  return model.story.lines.map((line) => JSON.parse(line));
}

function eventsOf(lines: readonly Line[]): Event[] {
  const parser = new Parser();
  return lines.flatMap((line) => parser.parse(JSON.stringify(line)) ?? []);
}

test('What a chat that makes no mistake does is valid, whatever comes at the same time', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { findings, valid } = judge(eventsOf(historyOf(seed)));
      expect(findings).toEqual([]);
      expect(valid).toBe(true);
    }),
    runs(50),
  );
});

/** Every message that a line shows. */
function shown(line: Line): Message[] {
  const { value = {} } = line;
  const entries: Line[] = value.entries ?? [];
  return [
    value.message,
    ...(value.messages ?? []),
    ...entries.flatMap(({ changes = [] }) => changes.map((c: Line) => c.message)),
  ].filter((message) => message !== undefined);
}

const isPage = ({ f, type }: Line) => f === 'history' && type === 'ok';

/** Each breaks one thing, and returns false where there is nothing to break. */
const corruptions: Partial<Record<RuleName, (lines: Line[], below: Below) => boolean>> = {
  lost(lines) {
    const acked = lines.find(({ f, type }) => f === 'send' && type === 'ok');
    if (!acked) return false;
    const { seq } = acked.value;
    const finals = lines.slice(lines.findIndex(({ f }) => f === 'quiet'));
    for (const line of finals.filter(isPage)) {
      const messages: Message[] = line.value.messages.filter((message: Message) => message.seq !== seq);
      // The next page begins where this one ends.
      if (line.value.messages[0]?.seq === seq)
        for (const { process, value } of finals)
          if (process === line.process && value.before === seq) value.before = messages[0]?.seq ?? 0;
      line.value.messages = messages;
    }
    return true;
  },
  phantom(lines) {
    const page = lines.findLast((line) => isPage(line) && line.value.messages.length > 0);
    const of = page && lines.find((line) => line.f === 'send' && line.value.id === page.value.messages[0].id);
    if (!of) return false;
    const { id } = page.value.messages[0];
    for (const line of lines.filter((line) => line.f === 'send' && line.value.id === id)) line.value.id = `other ${id}`;
    return true;
  },
  doubled(lines) {
    const index = lines.findIndex(({ f }) => f === 'show');
    if (index < 0) return false;
    lines.splice(index, 0, lines[index]);
    return true;
  },
  'ack-mismatch'(lines) {
    const acked = lines.find(({ f, type }) => f === 'send' && type === 'ok');
    if (acked) acked.value.seq += 1_000;
    return acked !== undefined;
  },
  'lost-edit'(lines) {
    const acked = lines.find(({ f, type }) => f === 'delete' && type === 'ok');
    if (!acked) return false;
    for (const line of lines)
      for (const message of shown(line))
        if (message.updated === acked.value.seq) Object.assign(message, { deleted: undefined, body: 'b0' });
    return true;
  },
  'pointer-back'(lines) {
    const before = lines.findIndex(({ f, type, value }) => f === 'sync' && type === 'ok' && value.entries[0]?.read > 0);
    const { user, op: _ } = lines[before] ?? {};
    const asked = lines.findIndex(
      (line, index) => index > before && line.f === 'sync' && line.type === 'invoke' && line.user === user,
    );
    const answer = lines.find(
      (line) => asked > 0 && line.f === 'sync' && line.type === 'ok' && line.op === lines[asked].op,
    );
    if (before < 0 || !answer?.value.entries[0]) return false;
    answer.value.entries[0].read = 0;
    return true;
  },
  unread(lines) {
    const answer = lines.find(({ f, type, value }) => f === 'sync' && type === 'ok' && value.entries.length > 0);
    // A pointer that nobody's final history reaches back to can't be judged.
    if (answer) answer.value.entries[0].unread += 1_000;
    return answer !== undefined;
  },
  numbering(lines) {
    const seqs = new Set(lines.flatMap(shown).map(({ seq }) => seq));
    if (seqs.size < 2) return false;
    const last = Math.max(...seqs);
    for (const line of lines)
      for (const message of shown(line)) if (message.seq === last) Object.assign(message, { n: 1 });
    return true;
  },
  leak(lines) {
    const quiet = lines.findIndex(({ f }) => f === 'quiet');
    const page = lines.slice(quiet).find((line) => isPage(line) && line.value.messages.length > 0);
    if (!page) return false;
    const asked = { ...page, type: 'invoke', user: 'eve', process: 'eve/1', value: {} };
    lines.push(
      { ...asked, time: lines.at(-1).time },
      { ...page, user: 'eve', process: 'eve/1', time: lines.at(-1).time },
    );
    return true;
  },
  divergence(lines) {
    const pushed = lines.find(({ f, value }) => f === 'receive' && value.kind === 'message');
    const page = lines.findLast((line) => isPage(line) && shown(line).some(({ seq }) => seq === pushed?.value.seq));
    const message = page && shown(page).find(({ seq }) => seq === pushed.value.seq);
    if (message) Object.assign(message, { n: message.n + 1_000 });
    return message !== undefined;
  },
  'skipped-change'(lines) {
    const answer = lines.findLast(
      ({ f, type, value }) => f === 'sync' && type === 'ok' && value.entries[0]?.changes.length > 2,
    );
    answer?.value.entries[0].changes.splice(1, 1);
    return answer !== undefined && answer.user !== 'cara';
  },
  'out-of-order'(lines) {
    const shows = lines.filter(({ f, user }) => f === 'show' && user === 'ben');
    const [first, second] = shows;
    // A client that catches up from nothing may begin its log anew.
    const begins = lines.some(({ f, user, value }) => f === 'sync' && user === 'ben' && value.entries?.[0]?.from === 0);
    if (!second || begins) return false;
    [first.value, second.value] = [second.value, first.value];
    return true;
  },
  'backwards-cursor'(lines) {
    const acked = lines.findIndex(({ f, type, user }) => f === 'send' && type === 'ok' && user === 'ben');
    if (acked < 0) return false;
    const { time, process, user } = lines.findLast((line) => line.user === 'ben');
    const sync = { time: Math.max(time, lines.at(-1).time), process, user, f: 'sync', op: 1e9 };
    const entry = { conversation: room, last: 0, read: 0, unread: 0, from: 0, changes: [] };
    lines.push(
      { ...sync, type: 'invoke', value: {} },
      { ...sync, type: 'ok', value: { entries: [entry], removed: [] } },
    );
    return true;
  },
};

test.each(Object.entries(corruptions))('In what is valid otherwise, %s is found', (rule, corrupt) => {
  let tried = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const lines = historyOf(seed);
      fc.pre(corrupt(lines, numbersFrom(seed)));
      tried += 1;
      expect([...judge(eventsOf(lines)).countOf.keys()]).toContain(rule);
    }),
    runs(10),
  );
  expect(tried).toBeGreaterThan(5);
});
