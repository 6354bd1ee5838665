/** An error in the form in which the API of an AWS service reports it. */
export class ServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** For a call that may fail with this code, and then has no result. Whatever else it fails with is thrown. */
export const unless =
  (code: string) =>
  (error: unknown): undefined => {
    if (!(error instanceof ServiceError && error.code === code)) throw error;
  };
