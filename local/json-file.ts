import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { StackError } from './types.ts';

/**
 * Reads a file with an entry for each name, which may be secret, so only the owner can read it. `entries` is what it has, to be changed in
 * place, and `save` writes it as a whole. @throws StackError if the file is there and isn't of this shape.
 */
export function jsonFile<T extends z.ZodMiniType>(file: string, entry: T) {
  const shape = z.record(z.string(), entry);
  const entries = read();
  return {
    entries,
    save,
    /** Keeps the present entries. Returns what brings them back. */
    keep() {
      const kept = structuredClone(entries);
      return () => {
        for (const name of Object.keys(entries)) delete entries[name];
        Object.assign(entries, structuredClone(kept));
        save();
      };
    },
  };

  function read() {
    try {
      return readJson(file, shape) ?? shape.parse({});
    } catch {
      throw new StackError(`${file} can't be read; restore it, or remove the data folder.`);
    }
  }

  function save(): void {
    writeFileSync(`${file}.new`, JSON.stringify(entries, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** Reads a file of this shape, if it is there. @throws StackError if it isn't of this shape. */
export function readJson<T extends z.ZodMiniType>(file: string, schema: T): z.output<T> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.core.$ZodError ? z.prettifyError(error) : error;
    throw new StackError(`Can't read ${file}: ${why}`);
  }
}
