import { Api, type Result } from '#client/index.ts';
import { auth } from '#web/session/session.ts';

/** Has the mail sent again that verifies the person's address. It needs no chat, which there may not be before that. */
export function sendVerification(): Promise<Result<void>> {
  return new Api(auth).sendVerification();
}
