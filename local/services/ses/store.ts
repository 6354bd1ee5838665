import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';

const Mail = z.object({
  id: z.string(),
  sentAt: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.optional(z.string()),
  html: z.optional(z.string()),
});

/** A mail that was caught. `sentAt` is RFC 3339 in UTC. */
export type Mail = z.infer<typeof Mail>;

/** The newest mails are kept. */
const most = 1_000;

/** The mails of a stack, in a file of a line each, which only its owner can read. */
export class MailStore {
  readonly #file: string;
  #mails: Mail[];

  constructor(file: string) {
    this.#file = file;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    // A line that a crash has cut off is left out.
    this.#mails = lines.flatMap((line) => parse(line) ?? []).slice(-most);
    writeFileSync(file, this.#mails.map((mail) => `${JSON.stringify(mail)}\n`).join(''), { mode: 0o600 });
  }

  add(mail: Omit<Mail, 'id' | 'sentAt'>): Mail {
    const added = { id: randomUUID(), sentAt: new Date().toISOString(), ...mail };
    this.#mails = [...this.#mails, added].slice(-most);
    appendFileSync(this.#file, `${JSON.stringify(added)}\n`);
    return added;
  }

  /** The mails, newest first. */
  newest(): Mail[] {
    return this.#mails.toReversed();
  }
}

function parse(line: string): Mail | undefined {
  try {
    return Mail.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
