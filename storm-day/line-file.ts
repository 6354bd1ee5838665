import * as fs from 'node:fs';

const pieceLength = 1 << 18;

/** Writes lines to a file, in pieces: a line alone takes longer to write than to make. Nothing waits in memory for a slow disk. */
export class LineFile {
  readonly #file: number;
  #piece = '';

  constructor(path: string) {
    this.#file = fs.openSync(path, 'w');
  }

  add(line: string): void {
    this.#piece += `${line}\n`;
    if (this.#piece.length >= pieceLength) this.#write();
  }

  close(): void {
    this.#write();
    fs.closeSync(this.#file);
  }

  #write(): void {
    fs.writeSync(this.#file, this.#piece);
    this.#piece = '';
  }
}
