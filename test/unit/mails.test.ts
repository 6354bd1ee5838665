import { describe, expect, test } from 'vitest';
import { languageOf } from '#core/accounts/accept-language.ts';
import { decodeMailToken, encodeMailToken } from '#core/accounts/mail-token.ts';
import { type MailerPorts, sendMail } from '#core/mails/mailer.ts';
import { mails } from '#core/mails/mails.ts';
import { languages } from '#protocol/people.ts';

test.for([
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'fr'],
  ['FR-ca,en;q=0.5', 'fr'],
  ['de-CH, fr;q=0.8, en', 'fr'],
  ['en-GB,fr', 'en'],
  ['fro, *', 'en'],
  [`${'x,'.repeat(200)}fr`, 'en'],
] as const)('the language of "%s" is %s', ([header, language]) => expect(languageOf(header)).toBe(language));

describe('the token of a mail', () => {
  const token = { userId: '01a222e4-5c47-711d-b077-74672b919083', secret: new Uint8Array(32).fill(7) };

  test('is read as it was written', () => {
    expect(decodeMailToken(encodeMailToken(token))).toEqual({ userId: token.userId, hash: expect.any(String) });
  });

  test('has one spelling', () => {
    const text = encodeMailToken(token);
    for (const other of [`${text}=`, ` ${text}`, `${text}A`, text.slice(0, -1), '', '\ud800'])
      expect(decodeMailToken(other)).toBeUndefined();
  });
});

describe.for(languages)('mails in %s', (language) => {
  const words = mails[language];
  const doing = { device: '<b>"Fire" & fox</b>', at: '2026-11-28T16:00:00.000Z' };
  const all = [
    words.reset('https://storm.example/#/reset?token=abc', 'ann'),
    words.verify('https://storm.example/#/verify?token=abc'),
    words.new_login(doing),
    words.password_changed(doing),
    words.email_change_requested(doing),
    words.email_changed(doing),
  ];

  test.for(all)('"$subject" escapes what devices say, and has no markup in its text', ({ subject, text, html }) => {
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<b>');
    expect(html).toContain(`<html lang="${language}">`);
    if (text.includes('Fire')) expect(html).toContain('&#60;b&#62;&#34;Fire&#34; &#38; fox&#60;/b&#62;');
  });

  test('have their link in both forms', () => {
    for (const { text, html } of all.slice(0, 2)) {
      const [link = ''] = /https:\S+/.exec(text) ?? [];
      expect(html).toContain(`href="${link}"`);
    }
  });

  test('tell when it was, in UTC', () => expect(words.new_login(doing).text).toMatch(/28 \w+ 2026.*16:00.*UTC/));
});

describe('a mail', () => {
  const account = { id: '01a222e4-5c47-711d-b077-74672b919083', username: 'ann', email: 'ann@example.org' };
  function ports(more: Partial<MailerPorts> = {}) {
    const sent: { to: string; text: string }[] = [];
    const world: MailerPorts = {
      now: () => 0,
      users: {
        get: async () => ({ ...account, displayName: '', bio: '', passwordHash: '', createdAt: '' }),
        idOfEmail: async (email) => (email === account.email ? account.id : undefined),
      },
      tokens: { add: async () => undefined, remove: async () => undefined },
      mailLimits: { take: async () => ({ ok: undefined }) },
      languageOf: async () => undefined,
      send: async (to, { text }) => void sent.push({ to, text }),
      newSecret: () => new Uint8Array(32),
      pageUrl: 'https://storm.example',
      ...more,
    };
    return { world, sent };
  }
  const reset = { kind: 'reset', email: account.email, language: 'en' } as const;

  test('names an account only where its owner has shown that the address is theirs', async () => {
    const verified = { ...account, emailVerified: true, displayName: '', bio: '', passwordHash: '', createdAt: '' };
    const { world, sent } = ports();
    await sendMail(world, reset);
    await sendMail({ ...world, users: { ...world.users, get: async () => verified } }, reset);
    expect(sent.map(({ text }) => text.includes('ann'))).toEqual([false, true]);
  });

  test('is not written for who is gone, nor to an address that isn’t the account’s any more', async () => {
    const { world, sent } = ports();
    expect(await sendMail(world, { ...reset, email: 'nobody@example.org' })).toBe('nobody');
    const elsewhere = { ...world.users, idOfEmail: async () => account.id };
    expect(await sendMail({ ...world, users: elsewhere }, { ...reset, email: 'former@example.org' })).toBe('nobody');
    const gone = { ...world.users, get: async () => undefined };
    expect(await sendMail({ ...world, users: gone }, reset)).toBe('nobody');
    expect(sent).toEqual([]);
  });

  test('of one kind doesn’t use up the mailbox’s share of the other', async () => {
    const keys: string[] = [];
    const { world } = ports({
      mailLimits: {
        take: async (key) => {
          keys.push(key);
          return { ok: undefined };
        },
      },
    });
    const doing = { userId: account.id, device: 'Firefox', at: 0, language: 'en' } as const;
    await sendMail(world, reset);
    await sendMail(world, { kind: 'notice', notice: 'password_changed', ...doing });
    expect(new Set(keys).size).toBe(2);
  });
});
