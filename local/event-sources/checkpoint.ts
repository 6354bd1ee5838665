import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import type { Log } from '../types.ts';
import type { Position } from './stream-reader.ts';

const place = z.object({ shardId: z.string(), sequenceNumber: z.string() });
const position = z.object({ streamArn: z.string(), after: z.optional(place) });

/** The file has always so many bytes, because it is written over. A position takes some 300. */
const FILE_SIZE = 1024;

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
    if (!existsSync(this.#file)) return undefined;
    try {
      return position.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      this.#log.warn(`${this.#file} can't be read: ${error}. Its stream is begun as if nobody had read it.`);
      return undefined;
    }
  }

  /** One write in its place can't be torn by a crash. To replace the file would take 20 times as long: ext4 waits for the disk then. */
  write(reached: Position): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const file = openSync(this.#file, constants.O_WRONLY | constants.O_CREAT);
    try {
      writeSync(file, JSON.stringify(reached).padEnd(FILE_SIZE), 0);
    } finally {
      closeSync(file);
    }
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
