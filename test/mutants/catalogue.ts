// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the code, with its placeholders.
import type { RuleName } from '#checker/findings.ts';

/** A text of the code, which must occur exactly once in its file, and what takes its place. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** The safeguard that is taken out. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** What makes the moment happen in which the safeguard matters. The code must be right with it, too. */
  readonly provoke?: readonly Edit[];
  /** The rules of which one at least must find it. */
  readonly rules: readonly RuleName[];
  /** The safeguard is one of groups of more than 8, which are stored in another way. */
  readonly inLarge?: true;
  /** After how many ms without a socket somebody must be called offline. */
  readonly presenceBoundMs?: number;
}

const sending = 'adapters/dynamo/messages/sending.ts';
const send = 'core/messages/send.ts';

/** Every fifth message is stored so long after it got its number that readers have sealed it. */
const slowPut: Edit = {
  file: send,
  find: 'const there = await store.put(message);',
  replace: 'if (at.seq % 5 === 0) await store.sleep(900);\n    const there = await store.put(message);',
};

/** In large groups some time passes between looking at the mark and getting a number, so two copies of a message that are sent at once meet there. */
const slowNumber: Edit = {
  file: send,
  find: 'const conversation = await store.number(draft.conversationId, now);',
  replace: 'await store.sleep(100);\n    const conversation = await store.number(draft.conversationId, now);',
};

/** `$disconnect` is lost, as API Gateway may do. */
const lostDisconnect: Edit = {
  file: 'lambdas/disconnect/handler.ts',
  find: 'await sessions.disconnect(userId, connectionId, Date.now());',
  replace: 'void [sessions, userId, connectionId];',
};

/** Whoever has no socket counts as online for half a second instead of half a minute, or a short run would never see them offline. */
const shortGrace: Edit = {
  file: 'core/people/presence.ts',
  find: 'export const graceMs = 30_000;',
  replace: 'export const graceMs = 500;',
};

/** A socket is taken for open after half a second instead of a minute, until which a 410 says nothing: these sockets are young. */
const shortOpening: Edit = {
  file: 'adapters/dynamo/connections/sessions.ts',
  find: 'const openingMs = 60_000;',
  replace: 'const openingMs = 500;',
};

/** Each takes one safeguard out of the functions. */
export const mutants: readonly Mutant[] = [
  {
    name: 'mark: an id is accepted that isn’t above the sender’s highest',
    edits: [
      {
        file: sending,
        find: '(attribute_not_exists(${me}.i) OR ${me}.i < ${id}) AND ${guessed}',
        replace: '${guessed}',
      },
    ],
    rules: ['doubled', 'ack-mismatch'],
  },
  {
    name: 'mark of large groups: it is committed without looking at the one before',
    provoke: [slowNumber],
    edits: [
      {
        file: sending,
        find: 'const above = id ? expression` AND (attribute_not_exists(i) OR i < ${id})` : expression``;',
        replace: 'const above = expression``;',
      },
    ],
    inLarge: true,
    rules: ['doubled', 'ack-mismatch'],
  },
  {
    name: 'search: an id below the mark isn’t looked for',
    edits: [
      {
        file: send,
        find: 'const found = judgeAll(await read(first, Math.min(last, first + pageSize - 1)));',
        replace: 'const found: undefined = undefined;',
      },
    ],
    rules: ['doubled', 'ack-mismatch'],
  },
  {
    name: 'claim (`seq = L`): two copies of a late message don’t agree on one number',
    edits: [
      {
        file: sending,
        find: '{ if: expression`${absent} OR seq <= ${verified}` }',
        replace: '{ if: expression`attribute_not_exists(nothing)` }',
      },
    ],
    rules: ['doubled', 'ack-mismatch'],
  },
  {
    name: 'seal: a reader passes over a number that isn’t stored yet',
    provoke: [slowPut],
    edits: [
      {
        file: 'core/conversations/read.ts',
        find: 'changes.push(found.get(seq) ?? (await reader.seal(conversationId, seq)));',
        replace: 'changes.push(...[found.get(seq)].filter((change) => change !== undefined));',
      },
    ],
    rules: ['skipped-change'],
  },
  {
    name: 'condition of the put: a message is stored over its seal',
    provoke: [slowPut],
    edits: [
      {
        file: 'adapters/dynamo/messages/changes.ts',
        find: 'const written = await table.put(changeItem(message), { if: absent });',
        replace:
          'const written = await table.put(changeItem(message), { if: expression`attribute_not_exists(nothing)` });',
      },
    ],
    rules: ['skipped-change'],
  },
  {
    name: 'voids: what was sealed counts as unread',
    provoke: [slowPut],
    edits: [
      {
        file: 'core/messages/unread.ts',
        find: 'return n - readN - [...all].filter((voidN) => voidN > readN && voidN <= n).length;',
        replace: 'return n - readN - [...all].filter(() => false).length;',
      },
    ],
    rules: ['unread'],
  },
  {
    name: 'numbers: `n` doesn’t count a message',
    edits: [{ file: sending, find: 'n = n + ${1}, lastMessageSeq', replace: 'lastMessageSeq' }],
    rules: ['numbering'],
  },
  {
    name: 'content: a used id is answered although the content is another',
    edits: [
      {
        file: send,
        find: "if (!isFirst(draft, change)) return fail('conflict', 'This id was used for another message.');",
        replace: 'void isFirst;',
      },
    ],
    rules: ['ack-mismatch'],
  },
  {
    name: 'edits: a change is listed, and its message stays as it was',
    edits: [
      {
        file: 'adapters/dynamo/messages/revisions.ts',
        find: '{ table, put: changeItem(message), if: sameMessage(subject) },',
        replace: '{ table, put: changeItem(subject.message), if: sameMessage(subject) },',
      },
    ],
    rules: ['lost-edit'],
  },
  {
    name: 'catch-up: it begins one change too late',
    edits: [
      {
        file: 'core/sync/sync.ts',
        find: 'const from = Math.max(cursor, floor);',
        replace: 'const from = Math.max(Math.min(cursor + 1, seq), floor);',
      },
    ],
    rules: ['skipped-change'],
  },
  {
    name: 'pointer: a late receipt moves it back',
    edits: [
      {
        file: 'adapters/dynamo/messages/pointers.ts',
        find: 'if: to ? expression`${path}q < ${to.seq}` : expression`seq = ${upTo} AND ${path}q < ${upTo}`,',
        replace: 'if: expression`attribute_exists(pk)`,',
      },
    ],
    rules: ['pointer-back'],
  },
  {
    name: 'floor: who joins sees what was before',
    edits: [
      { file: 'core/access.ts', find: "return history === 'all' ? 0 : joinedSeq;", replace: 'return 0 * joinedSeq;' },
    ],
    rules: ['leak'],
  },
  {
    name: 'membership: everybody is let in',
    edits: [
      {
        file: 'core/access.ts',
        find: 'const me = conversation?.members.get(userId);',
        replace:
          'const anyone = { userId, role: "member", joinedSeq: 0, deliveredSeq: 0, readSeq: 0, readN: 0 } as const;\n  const me = conversation?.members.get(userId) ?? anyone;',
      },
    ],
    rules: ['leak'],
  },
  {
    name: '410: the entry of a socket that is gone stays',
    provoke: [lostDisconnect, shortGrace, shortOpening],
    edits: [
      {
        file: 'adapters/sockets/delivery.ts',
        find: 'const removals = ofUsers(outcome.gone).map(({ userId, connectionId }) =>',
        replace: 'const removals = ofUsers([]).map(({ userId, connectionId }) =>',
      },
    ],
    rules: ['ghost'],
    presenceBoundMs: 4_000,
  },
];
