/** Reads a text token by token. */
export class Tokens {
  readonly #tokens: string[] = [];
  #next = 0;

  /** `token` is sticky, and the token is the group of it that has matched. `unreadable` makes the error for what is none. */
  constructor(text: string, token: RegExp, unreadable: (rest: string) => Error) {
    for (let end = 0; text.slice(end).trim() !== ''; end = token.lastIndex) {
      token.lastIndex = end;
      const match = token.exec(text);
      if (!match) throw unreadable(text.slice(end).trim());
      this.#tokens.push(match.slice(1).find((part) => part !== undefined) ?? '');
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
    const found = this.peek() === word;
    if (found) this.#next++;
    return found;
  }
}
