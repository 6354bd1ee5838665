import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { parsedJson } from '../../parse.ts';

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

/** So many of the newest mails are shown. */
const shown = 500;

/** The file with the mails of a stack, a line each. */
const fileIn = (dataDir: string) => join(dataDir, 'mails.jsonl');

/** Keeps a mail, and returns it. Only the owner can read the file. */
export function keepMail(dataDir: string, mail: Omit<Mail, 'id' | 'sentAt'>): Mail {
  const kept = { id: randomUUID(), sentAt: new Date().toISOString(), ...mail };
  appendFileSync(fileIn(dataDir), `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  return kept;
}

export function removeMails(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/** The newest mails, newest first. */
export function newestMails(dataDir: string): Mail[] {
  const file = fileIn(dataDir);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-shown) : [];
  // A line that a crash has cut off is left out.
  return lines.flatMap((line) => Mail.safeParse(parsedJson(line)).data ?? []).reverse();
}
