import { Refusal } from './refusal.ts';

const token = /\s*(?:([#:]?\w+)|(<>|<=|>=|[=<>()[\],.+-]))/y;

/** Reads an expression token by token: names, placeholders, numbers and symbols. Words of the grammar have no case. */
export class Tokens {
  readonly #parameter: string;
  readonly #tokens: string[] = [];
  #next = 0;

  /** @param parameter of the request that has the expression, such as `UpdateExpression`; refusals name it. */
  constructor(parameter: string, text: string) {
    this.#parameter = parameter;
    for (let end = 0; text.slice(end).trim() !== ''; end = token.lastIndex) {
      token.lastIndex = end;
      const match = token.exec(text);
      if (!match) throw this.invalid(`Syntax error; token: "${text.slice(end).trim()[0]}"`);
      this.#tokens.push(match[1] ?? match[2] ?? '');
    }
  }

  /** The next token, or the one `ahead` of it; empty at the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead] ?? '';
  }

  take(): string {
    const taken = this.peek();
    this.#next++;
    return taken;
  }

  /** Takes the next token if it is this word or symbol. */
  skip(word: string): boolean {
    const found = this.peek().toUpperCase() === word;
    if (found) this.#next++;
    return found;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw this.unexpected();
  }

  end(): void {
    if (this.peek() !== '') throw this.unexpected();
  }

  unexpected(): Refusal {
    const found = this.peek();
    const near = [this.peek(-1), found, this.peek(1)].filter(Boolean).join(' ');
    return this.invalid(`Syntax error; token: "${found || '<EOF>'}", near: "${near}"`);
  }

  invalid(message: string): Refusal {
    return new Refusal(`Invalid ${this.#parameter}: ${message}`);
  }
}
