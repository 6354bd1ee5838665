import { expect, test } from 'vitest';
import type { RuleName } from '../findings.ts';
import { rules } from '../findings.ts';
import { judge } from '../judge.ts';
import { begin, end, message, read, receive, room, type Story, send } from './story.ts';

const [m1, m2, m3] = [message(1), message(2), message(3)];
const counts = { conversation: room, last: 3, read: 0, unread: 3 };
const edited = { ...m1, body: 'edited', updated: 2 };
const gone = { ...m1, body: '', deleted: true, updated: 2 } as const;
const byBen = { from: 'ben' };

/** For each rule a history in which one thing is wrong, and the same one in which it isn't. Nothing but the rule may find it. */
const stories: Record<RuleName, (wrong: boolean) => Story> = {
  lost(wrong) {
    const story = begin();
    for (const each of [m1, m2]) send(story, each);
    return end(story, wrong ? [m1] : [m1, m2]);
  },

  phantom(wrong) {
    const story = begin();
    send(story, m1);
    const asked = story.ask('ann', 'send', { id: 'm2', body: m2.body }, room);
    // It may also have been stored although nobody knows.
    if (wrong) story.fail(asked);
    else story.info(asked);
    return end(story, [m1, m2]);
  },

  doubled(wrong) {
    const story = begin();
    send(story, m1);
    story.info(story.ask('ann', 'send', { id: 'm2', body: m2.body }, room));
    receive(story, 'ben', m2);
    receive(story, 'ben', m2);
    const again = { ...m2, seq: 3, n: 3 };
    return end(story, wrong ? [m1, m2, again] : [m1, m2]);
  },

  'ack-mismatch'(wrong) {
    const story = begin();
    for (const each of [m1, m2]) send(story, each);
    send(story, { ...m1, seq: wrong ? 5 : 1 });
    return end(story, [m1, m2]);
  },

  'read-then-gone'(wrong) {
    const story = begin();
    story.info(story.ask('ann', 'send', { id: 'm1', body: m1.body }, room));
    send(story, m2);
    receive(story, 'ben', m1);
    read(story, 'ben', wrong ? [m2] : [m1, m2]);
    return end(story, [m1, m2]);
  },

  'read-your-writes'(wrong) {
    const story = begin();
    for (const each of [m1, m2]) send(story, each);
    read(story, 'ann', wrong ? [m1] : [m1, m2]);
    return end(story, [m1, m2]);
  },

  'stale-read'(wrong) {
    const story = begin();
    send(story, m1);
    story.do('ann', 'edit', { target: 1, body: 'edited' }, { seq: 2 }, room);
    read(story, 'ben', [wrong ? m1 : edited]);
    return end(story, [edited]);
  },

  'backwards-cursor'(wrong) {
    const story = begin();
    for (const each of [m1, m2, m3]) send(story, each);
    story.do('ben', 'unread', {}, { entries: [counts] });
    const entry = { ...counts, from: 3, changes: [], ...(wrong && { last: 2, unread: 2 }) };
    story.do('ben', 'sync', {}, { entries: [entry], removed: [] });
    return end(story, [m1, m2, m3]);
  },

  'skipped-change'(wrong) {
    const story = begin();
    for (const each of [m1, m2, m3]) send(story, each);
    const seen = (wrong ? [m1, m3] : [m1, m2, m3]).map(
      (each) => ({ kind: 'message', seq: each.seq, message: each }) as const,
    );
    story.do('ben', 'sync', {}, { entries: [{ ...counts, from: 0, changes: seen }], removed: [] });
    return end(story, [m1, m2, m3]);
  },

  'out-of-order'(wrong) {
    const story = begin();
    for (const each of [m1, m2, m3]) send(story, each);
    for (const { seq, id } of wrong ? [m1, m3, m2] : [m1, m2, m3]) story.tell('ben', 'show', { seq, id }, room);
    return end(story, [m1, m2, m3]);
  },

  'lost-edit'(wrong) {
    const story = begin();
    send(story, m1);
    story.do('ann', 'edit', { target: 1, body: 'edited' }, { seq: 2 }, room);
    return end(story, [wrong ? m1 : edited]);
  },

  'pointer-back'(wrong) {
    const story = begin();
    for (const each of [m1, m2, m3]) send(story, each);
    story.do('ben', 'read', { seq: 2 }, {}, room);
    const entry = { ...counts, read: wrong ? 1 : 2, unread: wrong ? 2 : 1 };
    story.do('ben', 'unread', {}, { entries: [entry] });
    return end(story, [m1, m2, m3]);
  },

  'real-time'(wrong) {
    const story = begin();
    // Ben sends his when Ann's is acknowledged, or, where that is all right, before.
    const [of3, of2] = [message(3), message(2, byBen)];
    send(story, m1);
    const early = wrong ? undefined : story.ask('ben', 'send', { id: of2.id, body: of2.body }, room);
    send(story, of3);
    if (early) story.ok(early, { seq: 2 });
    else send(story, of2);
    return end(story, [m1, of2, of3]);
  },

  'reply-before-target'(wrong) {
    const story = begin();
    const reply = message(2, { replyTo: wrong ? 3 : 1 });
    for (const each of [m1, reply, m3]) send(story, each);
    return end(story, [m1, reply, m3]);
  },

  numbering(wrong) {
    const story = begin();
    const second = message(2, { n: wrong ? 1 : 2 });
    for (const each of [m1, second]) send(story, each);
    return end(story, [m1, second]);
  },

  leak(wrong) {
    const story = begin();
    send(story, m1);
    const removal = story.ask('ann', 'remove', { user: 'ben' }, room);
    // What nobody knows the end of keeps nobody out for certain.
    if (wrong) story.ok(removal);
    else story.info(removal);
    send(story, m2);
    receive(story, 'ben', m2);
    story.tell('ann', 'quiet', {});
    read(story, 'ann', [m1, m2]);
    return story;
  },

  divergence(wrong) {
    const story = begin();
    for (const each of [m1, m2]) send(story, each);
    return end(story, [m1, m2], wrong ? [m1] : [m1, m2]);
  },

  unread(wrong) {
    const story = begin();
    for (const each of [m1, message(2, byBen), m3]) send(story, each);
    // Sending has read up to there.
    story.do('ben', 'unread', {}, { entries: [{ ...counts, read: 2, unread: wrong ? 2 : 1 }] });
    return end(story, [m1, message(2, byBen), m3]);
  },

  ghost(wrong) {
    const story = begin();
    story.do('ben', 'connect', {}, {});
    story.tell('ben', 'disconnect', {});
    story.wait(wrong ? 46_000 : 44_000);
    story.do('ann', 'presence', { users: ['ben'] }, { online: ['ben'], offline: [] });
    return end(story, []);
  },
};

test.each(Object.keys(rules) as RuleName[])('%s is found by its rule alone, and its neighbour is valid', (rule) => {
  const found = judge(stories[rule](true).events);
  expect([...found.countOf.keys()]).toEqual([rule]);
  expect(found.findings[0]?.lines.length).toBeGreaterThan(0);
  expect(found.valid).toBe(false);
  expect(judge(stories[rule](false).events)).toMatchObject({ findings: [], valid: true, unjudged: [] });
});

const more: Record<string, { rule: RuleName; story: (wrong: boolean) => Story }> = {
  'a message that is shown twice': {
    rule: 'doubled',
    story(wrong) {
      const story = begin();
      for (const each of [m1, m2]) send(story, each);
      for (const { seq, id } of wrong ? [m1, m1, m2] : [m1, m2]) story.tell('ben', 'show', { seq, id }, room);
      return end(story, [m1, m2]);
    },
  },
  'a message that a log passes over': {
    rule: 'out-of-order',
    story(wrong) {
      const story = begin();
      for (const each of [m1, m2, m3]) send(story, each);
      for (const { seq, id } of wrong ? [m1, m3] : [m1, m2, m3]) story.tell('ben', 'show', { seq, id }, room);
      return end(story, [m1, m2, m3]);
    },
  },
  'an acknowledged deletion that isn’t there': {
    rule: 'lost-edit',
    story(wrong) {
      const story = begin();
      send(story, m1);
      story.do('ann', 'delete', { target: 1 }, { seq: 2 }, room);
      return end(story, [wrong ? m1 : gone]);
    },
  },
  'an older edit that is there in the end': {
    rule: 'lost-edit',
    story(wrong) {
      const story = begin();
      send(story, m1);
      story.do('ann', 'edit', { target: 1, body: 'edited' }, { seq: 2 }, room);
      story.do('ann', 'edit', { target: 1, body: 'again' }, { seq: 3 }, room);
      return end(story, [{ ...m1, body: wrong ? 'edited' : 'again', updated: 3 }]);
    },
  },
  'a text that nobody wrote': {
    rule: 'phantom',
    story(wrong) {
      const story = begin();
      send(story, m1);
      return end(story, [wrong ? { ...m1, body: 'x' } : m1]);
    },
  },
  'a deletion that nobody asked for': {
    rule: 'phantom',
    story(wrong) {
      const story = begin();
      send(story, m1);
      if (!wrong) story.info(story.ask('ann', 'delete', { target: 1 }, room));
      return end(story, [gone]);
    },
  },
  'a repetition that is refused as another message': {
    rule: 'ack-mismatch',
    story(wrong) {
      const story = begin();
      send(story, m1);
      story.fail(story.ask('ann', 'send', { id: 'm1', body: m1.body }, room), wrong ? 'conflict' : 'rate_limited');
      return end(story, [m1]);
    },
  },
  'a page instead of too many changes that lacks one of its messages': {
    rule: 'skipped-change',
    story(wrong) {
      const story = begin();
      send(story, m1);
      const second = wrong ? m2 : undefined;
      if (second) send(story, second);
      else story.do('ann', 'react', { target: 1, emoji: '👍' }, { seq: 2 }, room);
      if (!second) story.tell('ann', 'receive', { kind: 'reacted', seq: 2, target: 1, by: 'ann' }, room);
      const third = message(3, { n: second ? 3 : 2 });
      send(story, third);
      const changes = [m1, third].map((each) => ({ kind: 'message', seq: each.seq, message: each }) as const);
      const entry = { ...counts, unread: third.n, from: 1, changes, resync: true } as const;
      story.do('ben', 'sync', {}, { entries: [entry], removed: [] });
      return end(story, second ? [m1, second, third] : [m1, third]);
    },
  },
  'a used id that is taken with another content, if the message wasn’t deleted before': {
    rule: 'ack-mismatch',
    story(wrong) {
      const story = begin();
      send(story, m1);
      const again = story.ask('ann', 'send', { id: 'm1', body: 'other' }, room);
      if (wrong) story.ok(again, { seq: 1 });
      story.do('ann', 'delete', { target: 1 }, { seq: 2 }, room);
      if (!wrong) story.ok(again, { seq: 1 });
      return end(story, [gone]);
    },
  },
  'a history that begins before its reader came': {
    rule: 'leak',
    story(wrong) {
      const story = begin();
      send(story, m1);
      story.do('ann', 'add', { users: ['cara'] }, {}, room);
      story.tell('ann', 'receive', { kind: 'member', seq: 2, user: 'cara', change: 'in' }, room);
      send(story, m3);
      read(story, 'cara', wrong ? [m1, m3] : [m3]);
      return end(story, [m1, m3]);
    },
  },
  'a message after the change by which its reader went': {
    rule: 'leak',
    story(wrong) {
      const story = begin();
      send(story, m1);
      // By time nothing can be said: nobody knows the outcome.
      story.info(story.ask('ann', 'remove', { user: 'ben' }, room));
      const out = { kind: 'member', user: 'ben', change: 'out' } as const;
      story.tell('ann', 'receive', { ...out, seq: wrong ? 2 : 3 }, room);
      const [other, seq] = wrong ? [m3, 3] : [m2, 2];
      story.info(story.ask('ann', 'send', { id: other.id, body: other.body }, room));
      receive(story, 'ben', { ...other, seq, n: 2 });
      story.tell('ann', 'quiet', {});
      read(story, 'ann', [m1, { ...other, seq, n: 2 }]);
      return story;
    },
  },
  'a stranger who reads': {
    rule: 'leak',
    story(wrong) {
      const story = begin();
      send(story, m1);
      const asked = story.ask('cara', 'history', {}, room);
      if (wrong) story.ok(asked, { messages: [m1], more: false });
      else story.fail(asked);
      return end(story, [m1]);
    },
  },
  'somebody who writes after their removal': {
    rule: 'leak',
    story(wrong) {
      const story = begin();
      send(story, m1);
      story.do('ann', 'remove', { user: 'ben' }, {}, room);
      if (!wrong) story.do('ann', 'add', { users: ['ben'] }, {}, room);
      send(story, message(3, { ...byBen, n: 2 }));
      story.tell('ann', 'quiet', {});
      read(story, 'ann', [m1, message(3, { ...byBen, n: 2 })]);
      return story;
    },
  },
  'a seq at which two people see different messages': {
    rule: 'divergence',
    story(wrong) {
      const story = begin();
      for (const id of ['m1', 'x1']) story.info(story.ask('ann', 'send', { id, body: 'same' }, room));
      receive(story, 'ben', message(1, { id: 'm1', body: 'same' }));
      if (wrong) receive(story, 'ann', message(1, { id: 'm1', body: 'same', from: 'ann', n: 7 }));
      return end(story, [message(1, { id: 'm1', body: 'same' })]);
    },
  },
};

test.each(Object.entries(more))('So is %s', (_, { rule, story }) => {
  expect([...judge(story(true).events).countOf.keys()]).toEqual([rule]);
  expect(judge(story(false).events)).toMatchObject({ findings: [], valid: true });
});

test('Without a final history nobody can say that nothing is lost', () => {
  const story = begin();
  send(story, m1);
  expect(judge(story.events)).toMatchObject({ valid: 'unknown', findings: [] });
  story.tell('ann', 'quiet', {});
  expect(judge(story.events)).toMatchObject({ valid: 'unknown', findings: [] });
});

test('What has to do with time is not judged between two recorders', () => {
  const story = stories['read-your-writes'](true);
  const there = story.lines.findIndex((line) => line.includes('"history"') && line.includes('"m1"')) - 1;
  story.lines.splice(there, 0, JSON.stringify({ history: 1, recorder: 'there' }));
  const elsewhere = story.lines.map((line, index) => (index > there ? line.replaceAll('/1"', '/2"') : line));
  story.lines.splice(0, story.lines.length, ...elsewhere);
  expect(judge(story.events).countOf.get('read-your-writes')).toBeUndefined();
});

test('Messages are counted by their ids', () => {
  const story = begin();
  for (const each of [m1, m2]) send(story, each);
  send(story, m1);
  story.fail(story.ask('ann', 'send', { id: 'x', body: '' }, room));
  story.ask('ann', 'send', { id: 'y', body: '' }, room);
  receive(story, 'ben', m1);
  receive(story, 'ann', m1);
  expect(judge(end(story, [m1, m2]).events).counts).toMatchObject({
    sent: 4,
    acked: 2,
    refused: 1,
    unknown: 1,
    inHistory: 2,
    delivered: 1,
    deliveries: 2,
    lost: 0,
  });
  expect(judge(story.events).operations.find(({ f }) => f === 'send')).toEqual({
    f: 'send',
    asked: 5,
    ok: 3,
    failed: 1,
    unknown: 1,
  });
});
