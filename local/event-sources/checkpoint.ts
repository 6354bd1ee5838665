import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import type { Log } from '../types.ts';
import type { Position } from './stream-reader.ts';

const place = z.object({ shardId: z.string(), sequenceNumber: z.string() });
const position = z.object({ streamArn: z.string(), after: z.optional(place) });

/** The file is written at most five times a second. What was finished since is delivered again after a crash, as AWS may do, too. */
const WRITE_DELAY = 200;

/**
 * Keeps in a file up to which record a stream is done. That is the record before the first unfinished one, even if later ones are
 * finished: those are delivered again after a restart.
 */
export class Checkpoint {
  readonly #file: string;
  readonly #log: Log;
  readonly #begun: { readonly position: Position; isDone: boolean }[] = [];
  #reached: Position | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
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

  /** Writes what was reached. A stop calls it after the last record. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const reached = this.#reached;
    this.#reached = undefined;
    if (!reached) return;
    try {
      this.write(reached);
    } catch (error) {
      this.#log.warn(
        `${this.#file} can't be written: ${error}. Records that are done will be delivered again after a restart.`,
      );
    }
  }

  #advance(): void {
    while (this.#begun[0]?.isDone) this.#reached = this.#begun.shift()?.position;
    if (this.#reached) this.#timer ??= setTimeout(() => this.flush(), WRITE_DELAY).unref();
  }
}
