import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import type { Position } from './stream-reader.ts';

const position = z.object({
  streamArn: z.string(),
  after: z.optional(z.object({ shardId: z.string(), sequenceNumber: z.string() })),
});

/**
 * Keeps in a file up to which record a stream is done. That is the record before the first unfinished one, even if later ones are
 * finished: those are delivered again after a restart.
 */
export class Checkpoint {
  readonly #file: string;
  readonly #begun: { readonly position: Position; isDone: boolean }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  read(): Position | undefined {
    return existsSync(this.#file) ? position.parse(JSON.parse(readFileSync(this.#file, 'utf8'))) : undefined;
  }

  write(reached: Position): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(reached));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Registers a record as unfinished, in the order of the stream. The caller calls the returned function when it is finished. */
  begin(of: Position): () => void {
    const entry = { position: of, isDone: false };
    this.#begun.push(entry);
    return () => {
      entry.isDone = true;
      this.#advance();
    };
  }

  #advance(): void {
    let reached: Position | undefined;
    while (this.#begun[0]?.isDone) reached = this.#begun.shift()?.position;
    if (reached) this.write(reached);
  }
}
