/**
 * An error that a service answered, or the lack of an answer. `name` is its type, such as `ValidationException`, and `NoAnswer` in
 * the latter case: then it isn't known whether the call was carried out.
 */
export class AwsError extends Error {
  /** HTTP status, 0 without an answer. */
  readonly status: number;
  /** Private, so that no log has it: the answer to a failed condition has the stored item. */
  readonly #answer: string;

  constructor(name: string, message: string, status: number, answer = '{}') {
    super(message);
    this.name = name;
    this.status = status;
    this.#answer = answer;
  }

  /** The body of the answer, which is JSON. */
  get answer(): string {
    return this.#answer;
  }
}
