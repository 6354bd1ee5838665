import type { RejectReason } from '#protocol/media.ts';

/** A file can't be taken. `reason` is for its uploader, and the message for the log. */
export class Rejection extends Error {
  readonly reason: RejectReason;

  constructor(reason: RejectReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
