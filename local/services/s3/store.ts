import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { jsonText } from '../../parse.ts';
import { keepRows, openDatabase } from '../sqlite.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    headers TEXT NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (bucket, key));
  CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (upload, number));
  CREATE TABLE IF NOT EXISTS versioned_buckets (name TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS versions (
    bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, blob TEXT, size INTEGER, etag TEXT, headers TEXT,
    modified INTEGER NOT NULL, PRIMARY KEY (bucket, key, id));`;

const headers = jsonText(z.record(z.string(), z.string()));
const content = { blob: z.string(), size: z.number(), etag: z.string() };
const object = z.object({ key: z.string(), ...content, headers, modified: z.number() });
const part = z.object({ number: z.number(), ...content });
const upload = z.object({ id: z.string(), bucket: z.string(), key: z.string(), headers });

const named = z.array(z.object({ name: z.string() }));

/** A former version of an object, or a marker that says that it was deleted, which has no bytes. */
const version = z.object({ key: z.string(), id: z.string(), blob: z.nullable(z.string()), modified: z.number() });

export type StoredObject = z.infer<typeof object>;
export type Version = z.infer<typeof version>;
export type Part = z.infer<typeof part>;
/** The response headers that are stored with an object: its content type, caching, `x-amz-meta-*`. */
export type ObjectHeaders = Readonly<Record<string, string>>;

type Content = Pick<StoredObject, 'blob' | 'size' | 'etag'>;

/**
 * Stores the objects of all buckets. Their metadata are rows in an SQLite file, and the bytes of each are in a file of its own, which
 * is complete before its row is written and never changes. So an object is replaced atomically, and a crash leaves the old one.
 */
export class ObjectStore {
  readonly #database: DatabaseSync;
  readonly #blobs: string;
  /** The files that stay, whatever becomes of their objects. */
  #kept: ReadonlySet<string> = new Set();

  constructor(folder: string) {
    this.#blobs = join(folder, 'blobs');
    mkdirSync(this.#blobs, { recursive: true });
    this.#database = openDatabase(join(folder, 'objects.sqlite'), schema);
    this.#removeStrayBlobs();
  }

  close(): void {
    this.#database.close();
  }

  /** Keeps the objects. Returns what brings them back. */
  keep(): () => void {
    this.#kept = new Set(readdirSync(this.#blobs));
    const restore = keepRows(this.#database);
    return () => {
      restore();
      this.#removeStrayBlobs();
    };
  }

  newBlob(): string {
    return randomUUID();
  }

  path(blob: string): string {
    return join(this.#blobs, blob);
  }

  copyBlob(blob: string): string {
    const copy = this.newBlob();
    copyFileSync(this.path(blob), this.path(copy));
    return copy;
  }

  createBucket(name: string, isVersioned = false): void {
    this.#run('INSERT OR IGNORE INTO buckets VALUES (?)', name);
    if (isVersioned) this.#run('INSERT OR IGNORE INTO versioned_buckets VALUES (?)', name);
  }

  isVersioned(name: string): boolean {
    return this.#database.prepare('SELECT 1 FROM versioned_buckets WHERE name = ?').get(name) !== undefined;
  }

  bucketNames(): string[] {
    return named.parse(this.#database.prepare('SELECT name FROM buckets ORDER BY name').all()).map(({ name }) => name);
  }

  hasBucket(name: string): boolean {
    return this.#database.prepare('SELECT 1 FROM buckets WHERE name = ?').get(name) !== undefined;
  }

  get(bucket: string, key: string): StoredObject | undefined {
    const row = this.#database.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?').get(bucket, key);
    return row && object.parse(row);
  }

  put(bucket: string, key: string, { blob, size, etag }: Content, kept: ObjectHeaders): void {
    const before = this.get(bucket, key);
    if (before && this.isVersioned(bucket)) this.#keepVersion(bucket, key);
    const sql = 'INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.#run(sql, bucket, key, blob, size, etag, JSON.stringify(kept), Date.now());
    if (before && !this.isVersioned(bucket)) this.removeBlob(before.blob);
  }

  /** Deletes an object. Returns false if there is none. */
  delete(bucket: string, key: string): boolean {
    const before = this.get(bucket, key);
    if (!before) return false;
    if (this.isVersioned(bucket)) {
      this.#keepVersion(bucket, key);
      const marker = 'INSERT INTO versions (bucket, key, id, modified) VALUES (?, ?, ?, ?)';
      this.#run(marker, bucket, key, randomUUID(), Date.now());
    }
    this.#run('DELETE FROM objects WHERE bucket = ? AND key = ?', bucket, key);
    if (!this.isVersioned(bucket)) this.removeBlob(before.blob);
    return true;
  }

  /** The former versions and markers of the objects below a prefix, the newest of each key first. */
  versions(bucket: string, prefix: string): Version[] {
    const sql = `SELECT * FROM versions WHERE bucket = ? AND substr(key, 1, length(?)) = ?
      ORDER BY key, modified DESC, rowid DESC`;
    return z.array(version).parse(this.#database.prepare(sql).all(bucket, prefix, prefix));
  }

  /** Deletes a former version for good. Without the newest marker, the object is what it was before it was deleted. */
  deleteVersion(bucket: string, key: string, id: string): void {
    const [newest] = this.versions(bucket, key).filter((one) => one.key === key);
    const gone = this.versions(bucket, key).find((one) => one.key === key && one.id === id);
    if (!gone) return;
    this.#run('DELETE FROM versions WHERE bucket = ? AND key = ? AND id = ?', bucket, key, id);
    if (gone.blob !== null) this.removeBlob(gone.blob);
    const [before] = this.versions(bucket, key).filter((one) => one.key === key);
    if (gone.id !== newest?.id || this.get(bucket, key) || before?.blob == null) return;
    const back = `INSERT INTO objects SELECT bucket, key, blob, size, etag, headers, modified FROM versions
      WHERE bucket = ? AND key = ? AND id = ?`;
    this.#run(back, bucket, key, before.id);
    this.#run('DELETE FROM versions WHERE bucket = ? AND key = ? AND id = ?', bucket, key, before.id);
  }

  /** The version's id is that of its bytes, which no two versions have in common. */
  #keepVersion(bucket: string, key: string): void {
    const sql = `INSERT INTO versions SELECT bucket, key, blob, blob, size, etag, headers, modified FROM objects
      WHERE bucket = ? AND key = ?`;
    this.#run(sql, bucket, key);
  }

  /** Yields the objects whose key begins with `prefix` and comes after `after`, in the byte order of keys. */
  *list(bucket: string, prefix: string, after: string): Generator<StoredObject> {
    const sql =
      'SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key > ? AND substr(key, 1, length(?)) = ? ORDER BY key';
    for (const row of this.#database.prepare(sql).iterate(bucket, prefix, after, prefix, prefix))
      yield object.parse(row);
  }

  startUpload(bucket: string, key: string, kept: ObjectHeaders): string {
    const id = randomUUID();
    this.#run('INSERT INTO uploads VALUES (?, ?, ?, ?)', id, bucket, key, JSON.stringify(kept));
    return id;
  }

  upload(id: string) {
    const row = this.#database.prepare('SELECT * FROM uploads WHERE id = ?').get(id);
    return row && upload.parse(row);
  }

  putPart(id: string, number: number, { blob, size, etag }: Content): void {
    const before = this.parts(id).find((known) => known.number === number);
    this.#run('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)', id, number, blob, size, etag);
    if (before) this.removeBlob(before.blob);
  }

  parts(id: string): Part[] {
    return z.array(part).parse(this.#database.prepare('SELECT * FROM parts WHERE upload = ? ORDER BY number').all(id));
  }

  endUpload(id: string): void {
    const parts = this.parts(id);
    this.#run('DELETE FROM parts WHERE upload = ?', id);
    this.#run('DELETE FROM uploads WHERE id = ?', id);
    for (const { blob } of parts) this.removeBlob(blob);
  }

  /** Removes files without a row, which a crash between the two writes leaves. */
  #removeStrayBlobs(): void {
    const rows = this.#database
      .prepare('SELECT blob FROM objects UNION SELECT blob FROM parts UNION SELECT blob FROM versions')
      .all();
    const known = new Set(rows.map((row) => row['blob']));
    for (const blob of readdirSync(this.#blobs)) if (!known.has(blob)) this.removeBlob(blob);
  }

  /** Removes the file of bytes that no object or part refers to. */
  removeBlob(blob: string): void {
    if (!this.#kept.has(blob)) rmSync(this.path(blob), { force: true });
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}
